import type { Kill, LoggedCall } from "../../../local/faults/faults";
import { isNamed } from "../../../local/faults/named";

/** A call at which a function can be killed. */
export interface KillSite {
  readonly function: string;
  readonly at: Kill["at"] & { readonly nth: number };
  /** Whether the invocation makes no other call of this action. */
  readonly isOnly: boolean;
}

/** @returns the calls that the first of a function's invocations made, in the order of its code. */
export function killSites(calls: readonly LoggedCall[], functionName: string): KillSite[] {
  const ofFunction = calls.filter(({ kind, caller }) => kind === "function" && isNamed(caller, functionName));
  const [first] = ofFunction;
  if (!first) throw new Error(`The recorded run has no call of '${functionName}'.`);
  const own = ofFunction.filter(({ invocationId }) => invocationId === first.invocationId);
  const same = (a: LoggedCall, b: LoggedCall) => a.service === b.service && a.action === b.action;
  return own.map((call, index) => {
    const nth = own.slice(0, index + 1).filter((other) => same(call, other)).length;
    return {
      function: functionName,
      at: { service: call.service, action: call.action, nth },
      isOnly: own.filter((other) => same(call, other)).length === 1,
    };
  });
}
