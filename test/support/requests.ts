import fc from "fast-check";
import type { CreateStreamWorkflowRequest } from "../../contracts";

/** A request in its normal form, with every optional member. */
export const request: CreateStreamWorkflowRequest = {
  streamId: "spring-launch",
  title: "Spring launch",
  startTime: "2027-03-20T18:00:00.000Z",
  ingestEndpoints: [
    {
      protocol: "rtmps",
      url: "rtmps://ingest.example.com/live/spring-launch",
      backupUrl: "rtmps://backup.example.com/live/spring-launch",
    },
    { protocol: "srt", url: "srt://ingest.example.com:9000?streamid=spring-launch" },
  ],
  metadata: { department: "events", region: "emea" },
};

export const streamIds = fc.stringMatching(/^[a-zA-Z0-9-]{3,64}$/);

const protocols = fc.constantFrom("rtmp" as const, "rtmps" as const, "srt" as const);

/** URLs of ingest endpoints of a protocol. */
const urlsOf = (protocol: string) =>
  fc
    .tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 }), fc.stringMatching(/^[\w-]*$/))
    .map(([host, port, path]) => `${protocol}://${host}:${port}/${path}`);

export const uris = protocols.chain(urlsOf);

/** Date-times with any offset and any number of decimals. */
export const dateTimes = fc
  .tuple(
    fc.date({
      min: new Date("1970-01-02T00:00:00Z"),
      max: new Date("2100-01-01T00:00:00Z"),
      noInvalidDate: true,
    }),
    fc.constantFrom("", ".5", ".123", ".123456789"),
    fc.constantFrom("Z", "z", "+00:00", "-00:00", "+05:30", "-11:15"),
  )
  .map(([date, fraction, offset]) => `${date.toISOString().slice(0, 19)}${fraction}${offset}`);

const titles = fc.string({ minLength: 1, maxLength: 140, unit: "grapheme-ascii" });

const ingestEndpoints = protocols.chain((protocol) =>
  fc.record(
    { protocol: fc.constant(protocol), url: urlsOf(protocol), backupUrl: urlsOf(protocol) },
    { requiredKeys: ["protocol", "url"], noNullPrototype: true },
  ),
);

/** Valid requests, in all spellings. */
export const requests: fc.Arbitrary<CreateStreamWorkflowRequest> = fc.record(
  {
    streamId: streamIds,
    title: titles,
    startTime: dateTimes,
    ingestEndpoints: fc.array(ingestEndpoints, { minLength: 1, maxLength: 3 }),
    metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 4, noNullPrototype: true }),
  },
  { requiredKeys: ["streamId", "title", "startTime", "ingestEndpoints"], noNullPrototype: true },
);

/** The same value with the members of every object in another order. */
export function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}
