export type { AwsServices, ServiceName } from "../services";
export { createAwsServer, type ServicesFor } from "./server";
