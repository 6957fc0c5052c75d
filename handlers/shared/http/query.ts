import { quote } from "../../../contracts/text";
import type { HttpEvent } from "./http";

/** The values of query parameters by name; all of them are optional. */
export type Query<TName extends string> = { readonly [name in TName]?: string };

/**
 * Reads the query parameters of a request.
 *
 * @param names the parameters that the operation has.
 * @returns the value of each that was sent, and a sentence for each that is unknown or was sent several times.
 */
export function readQuery<TName extends string>(
  event: HttpEvent,
  names: readonly TName[],
): { query: Query<TName>; issues: string[] } {
  const query: { [name in TName]?: string } = {};
  const issues: string[] = [];
  // A Map, since the caller chooses the names.
  const sent = new Map<string, string[]>();
  for (const [name, value] of pairsOf(event)) sent.set(name, [...(sent.get(name) ?? []), value]);
  for (const [name, values] of sent) {
    const known = names.find((one) => one === name);
    if (!known) issues.push(`${quote(name)} is no query parameter. ${allowed(names)}`);
    else if (values.length > 1) issues.push(`${name} must be sent once, received ${values.length} times.`);
    else query[known] = values[0] ?? "";
  }
  return { query, issues };
}

function allowed(names: readonly string[]): string {
  return names.length > 0 ? `Allowed are ${names.join(", ")}.` : "None is allowed here.";
}

/** Format 2.0 has the text as it was sent; format 1.0 and a direct call have the parameters alone. */
function pairsOf(event: HttpEvent | null): Iterable<readonly [name: string, value: string]> {
  const { rawQueryString, multiValueQueryStringParameters, queryStringParameters } = (event ?? {}) as {
    [member: string]: unknown;
  };
  if (typeof rawQueryString === "string") return new URLSearchParams(rawQueryString);
  const values = multiValueQueryStringParameters ?? queryStringParameters ?? {};
  return Object.entries(values).flatMap(([name, value]) =>
    [value as unknown].flat().map((one) => [name, String(one)] as const),
  );
}
