import { AwsError, apis, ConnectionLost, type ServiceName } from "../services";

/** How a call fails: as its service throttles, as it breaks down, without any answer, or with an error of one's own. */
export type FaultError =
  | "throttle"
  | "5xx"
  | "timeout"
  | { readonly code: string; readonly message: string; readonly statusCode?: number };

/** @returns what the caller of a service sees. */
export function faultError(service: ServiceName, error: FaultError): AwsError {
  if (error === "timeout") return new ConnectionLost();
  if (typeof error === "object") return new AwsError(error.code, error.message, error.statusCode ?? 400);
  const { throttle, broken } = apis[service].faults;
  return new AwsError(...(error === "throttle" ? throttle : broken));
}
