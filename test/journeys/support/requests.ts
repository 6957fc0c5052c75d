import type { CreateStreamWorkflowRequest } from "../../../contracts";

/** A request that the API accepts. */
export function aRequest(
  streamId: string,
  changes: Partial<CreateStreamWorkflowRequest> = {},
): CreateStreamWorkflowRequest {
  return {
    streamId,
    title: "Spring launch",
    startTime: "2027-03-20T19:00:00+01:00",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/spring" }],
    metadata: { region: "emea" },
    ...changes,
  };
}

/** @returns whether a call's input is the item of an attempt: other items have no history. */
export function isAttempt(input: object): boolean {
  return "Item" in input && "history" in Object(input.Item);
}
