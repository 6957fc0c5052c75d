export { readDefinition } from "./check/definition";
export { DefinitionError } from "./check/problems";
export { TaskFailure } from "./errors";
export type { HistoryEvent } from "./history";
export type { TaskCall, TaskRunner } from "./task-runner";
