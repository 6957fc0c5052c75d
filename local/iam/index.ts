export { Access } from "./access";
export { PolicyError } from "./document";
export { AccessDeniedError, type Authorization, describeDenial } from "./enforce";
export { FunctionLogs } from "./function-logs";
export { scheduleGroupArn } from "./role-users";
