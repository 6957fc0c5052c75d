/**
 * @returns the value of an environment variable.
 * @throws {Error} naming the variable, when it is missing or empty.
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(
      `The environment variable '${name}' is not set. StreamOrchestration sets it on its Lambdas; set it where the handler runs elsewhere.`,
    );
  }
  return value;
}
