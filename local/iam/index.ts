export { Access } from "./access";
export type { Authorization } from "./authorization";
export { PolicyError } from "./document";
export { AccessDeniedError, describeDenial } from "./enforce";
export { FunctionLogs } from "./function-logs";
