import type { Local } from "../../../testing";

/** A call, by its number among its caller's calls of the action from some moment on. */
export interface CallSite {
  readonly service: Parameters<Local["faults"]["fail"]>[0]["service"];
  readonly action: string;
  readonly caller: string;
  readonly nth: number;
}

/**
 * Finds the calls that some functions and state machines make in the course of something.
 * @param callers their names, as the program names them.
 */
export async function callSites(
  { faults }: Local,
  callers: readonly string[],
  act: () => Promise<unknown>,
): Promise<CallSite[]> {
  const before = faults.calls().length;
  await act();
  const counts = new Map<string, number>();
  return faults
    .calls()
    .slice(before)
    .flatMap(({ service, action, caller: name }) => {
      const caller = callers.find((one) => name === one || name.startsWith(`${one}-`));
      if (caller === undefined) return [];
      const key = `${caller} ${service} ${action}`;
      const nth = (counts.get(key) ?? 0) + 1;
      counts.set(key, nth);
      return { caller, service, action, nth };
    });
}

/** A call in words. */
export function nameOfSite({ caller, service, action, nth }: CallSite): string {
  return `${caller}: ${service} ${action}, call ${nth}`;
}
