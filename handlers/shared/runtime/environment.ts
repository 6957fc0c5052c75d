import { type Environment, environmentNames, type FunctionName } from "../../../contracts/internal";

/**
 * Reads the environment variables of a function: those that `contracts/internal/environment.ts` gives it.
 *
 * @throws {Error} naming the first variable that is missing or empty.
 */
export function readEnvironment<Name extends FunctionName>(name: Name): Environment<Name> {
  return Object.fromEntries(
    environmentNames[name].map((variable) => [variable, readVariable(variable)]),
  ) as Environment<Name>;
}

function readVariable(variable: string): string {
  const value = process.env[variable];
  if (!value) {
    throw new Error(
      `The environment variable '${variable}' is not set. StreamOrchestration sets it on its Lambdas; set it where the handler runs elsewhere.`,
    );
  }
  return value;
}
