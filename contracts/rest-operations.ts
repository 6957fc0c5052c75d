import { createStreamWorkflow } from "./create-stream-workflow";
import { endStream } from "./end-stream";
import { getHealthStatus } from "./get-health-status";
import { getIngest, getStream } from "./get-stream";
import { listStreamAttempts, listStreams } from "./list-streams";
import type { OperationName } from "./routes";
import { updateStreamStatus } from "./update-stream-status";

/** Every operation of the HTTP API, in the order of `routes`. */
export const restOperations = complete([
  getHealthStatus,
  createStreamWorkflow,
  updateStreamStatus,
  listStreams,
  endStream,
  getStream,
  listStreamAttempts,
  getIngest,
]);

/** Does not compile, and names the route, where a route of the table has no operation in the list. */
function complete<const TOperations extends readonly { readonly name: OperationName }[]>(
  operations: TOperations & NothingMissing<Exclude<OperationName, TOperations[number]["name"]>>,
): TOperations {
  return operations;
}

type NothingMissing<TName extends OperationName> = [TName] extends [never]
  ? unknown
  : `The operation ${TName} is missing`;
