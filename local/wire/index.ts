export type { AwsServices, ServiceName } from "./protocol";
export { createAwsServer } from "./server";
