export { Access } from "./access";
export type { Authorization } from "./authorization";
export { describeDenial } from "./enforce";
export { FunctionLogs } from "./function-logs";
