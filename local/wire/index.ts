export type { AwsServices, ServiceName } from "./protocol";
export { createAwsServer, type ServicesFor } from "./server";
