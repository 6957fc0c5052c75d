/** The request form's fields. */
export interface RequestFields {
  readonly streamId: string;
  readonly title: string;
  /** As a `datetime-local` field has it: `2027-03-20T18:00`, in UTC. */
  readonly startTime: string;
  readonly endTime: string;
  readonly channelId: string;
  readonly endpoints: readonly {
    readonly protocol: string;
    readonly url: string;
    readonly backupUrl: string;
  }[];
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
}

/**
 * Makes the body of `POST /streams`. A field that is empty is left out, so that the API says what is required; nothing is checked here, since
 * the API names every problem at once.
 */
export function requestBody({
  streamId,
  title,
  startTime,
  endTime,
  channelId,
  endpoints,
  metadata,
}: RequestFields): object {
  const named = metadata.filter(({ name, value }) => name !== "" || value !== "");
  return {
    ...given("streamId", streamId),
    ...given("title", title),
    ...given("startTime", inUtc(startTime)),
    ...given("endTime", inUtc(endTime)),
    ...given("channelId", channelId),
    ingestEndpoints: endpoints.map(({ protocol, url, backupUrl }) => ({
      protocol,
      ...given("url", url),
      ...given("backupUrl", backupUrl),
    })),
    ...(named.length > 0 && { metadata: Object.fromEntries(named.map(({ name, value }) => [name, value])) }),
  };
}

/** @returns the members of a request that have a field of their own. */
export function fieldPaths({ endpoints }: RequestFields): string[] {
  const ofEndpoints = endpoints.flatMap((_, index) =>
    ["protocol", "url", "backupUrl"].map((member) => `ingestEndpoints[${index}].${member}`),
  );
  return [
    "streamId",
    "title",
    "startTime",
    "endTime",
    "channelId",
    ...ofEndpoints,
    "ingestEndpoints",
    "metadata",
  ];
}

function given(name: string, value: string): object {
  return value === "" ? {} : { [name]: value };
}

/** The browser leaves the seconds out where they are zero. */
function inUtc(time: string): string {
  if (time === "") return "";
  return `${time.length === 16 ? `${time}:00` : time}Z`;
}
