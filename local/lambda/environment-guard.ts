import { currentInvocation } from "./invocations";

let isGuarded = false;

/**
 * Has `process.env` be the function's wherever the code of a function reads it: text that is compiled outside of its modules, as by
 * `Function("return this")()`, `vm` or `eval`, finds this process's own global object. Other code of the process is not affected.
 */
export function guardEnvironment(): void {
  if (isGuarded) return;
  isGuarded = true;
  let own = process.env;
  Object.defineProperty(process, "env", {
    ...{ configurable: true, enumerable: true },
    get: () => currentInvocation()?.environment ?? own,
    set: (environment: NodeJS.ProcessEnv) => {
      own = environment;
    },
  });
}
