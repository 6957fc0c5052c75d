import jsonata from "jsonata";

/**
 * Evaluates an expression of a state with the JSONata version that AWS runs (2.0.6).
 *
 * @param states what `$states` holds; other variables go by their names.
 * @returns the result as JSON.
 */
export async function evaluate(
  expression: string,
  { states = {}, ...variables }: { states?: object; [variable: string]: unknown },
): Promise<unknown> {
  const text = /^\{%(.*)%\}$/s.exec(expression)?.[1] ?? expression;
  const result: unknown = await jsonata(text).evaluate(null, { states, ...variables });
  return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}
