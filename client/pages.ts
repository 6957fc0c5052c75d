import type { StreamStatus, StreamSummary } from "../contracts";
import { StreamApiError } from "./error";
import type { CallOptions, OperationMethods } from "./operations";

/** Which streams are listed. */
export interface StreamFilter extends CallOptions {
  /** @default - all */
  readonly status?: StreamStatus;
  /** Streams that one request reads, from 1 to 100. @default 25 */
  readonly pageSize?: number;
}

/** Reads the pages of the list of streams, one after the other. */
export async function* listPages(
  listStreams: OperationMethods["listStreams"],
  { status, pageSize, signal }: StreamFilter,
): AsyncGenerator<StreamSummary, void, undefined> {
  const known = new Set<string>();
  const filter = {
    ...(status !== undefined && { status }),
    ...(pageSize !== undefined && { limit: pageSize }),
  };
  let nextToken: string | undefined;
  do {
    const page = await listStreams(
      { ...filter, ...(nextToken !== undefined && { nextToken }) },
      signal ? { signal } : {},
    );
    yield* page.streams;
    nextToken = page.nextToken;
    if (nextToken !== undefined && known.has(nextToken)) {
      throw new StreamApiError("The list does not end: a page names one that was read as the next one.", {
        operation: "ListStreams",
        code: "InvalidAnswer",
      });
    }
    known.add(nextToken ?? "");
  } while (nextToken !== undefined);
}
