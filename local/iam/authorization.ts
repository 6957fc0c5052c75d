import type { Caller } from "../calls/caller";
import type { AuthorizationRequest, Decision } from "./evaluate";

/** Which permission of whom a call needed, and whether it had it. */
export interface Authorization {
  readonly caller: Caller;
  readonly permission: AuthorizationRequest;
  readonly decision: Decision;
}
