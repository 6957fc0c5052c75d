import type { CallGate } from "../local/calls/calls";
import { AwsError, type ServiceName } from "../local/services";

/** An error that a service is to answer with. */
export interface NextError {
  /** The error's name in the service's API model, such as `TooManyRequestsException`. */
  readonly code: string;
  /** @default - the code */
  readonly message?: string;
  /** The HTTP status. @default 400 */
  readonly statusCode?: number;
}

/** Answers the next calls of an action with an error, whoever makes them; they take no effect. */
export function failNext(
  gate: CallGate,
  service: ServiceName,
  action: string,
  { code, message = code, statusCode = 400 }: NextError,
  times: number,
): void {
  let left = times;
  const remove = gate.use(async (call, proceed) => {
    if (call.service !== service || call.action !== action || left === 0) return proceed();
    left -= 1;
    if (left === 0) remove();
    throw new AwsError(code, message, statusCode);
  });
}
