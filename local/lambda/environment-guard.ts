import { currentInvocation } from "./invocations";

let isGuarded = false;

/**
 * Gives the code of a function its own environment wherever it reads `process.env`. Without this, text that it compiles with `Function`, `vm`
 * or `eval` would read the environment of this process, whose global object it finds. Other code of the process is not affected.
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
