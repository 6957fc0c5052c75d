import { createStreamWorkflow } from "./create-stream-workflow";
import { getHealthStatus } from "./get-health-status";
import { updateStreamStatus } from "./update-stream-status";

/** Every operation of the HTTP API, in the specification's order. */
export const restOperations = [getHealthStatus, createStreamWorkflow, updateStreamStatus] as const;

/** The name of an operation. */
export type OperationName = (typeof restOperations)[number]["name"];
