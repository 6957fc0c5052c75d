const compiled = new Map<string, RegExp>();

/** @returns whether a text matches a pattern in which `*` is any text, also none, and `?` any one character. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replace(/\?/g, ".");
    expression = new RegExp(`^${source}$`, "su");
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

/** An ARN has six parts; the last one may contain colons itself. */
const arnParts = 6;

/** @returns the six parts of an ARN, or undefined for a text that is none. */
export function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(":");
  if (parts.length < arnParts || parts[0] !== "arn") return undefined;
  return [...parts.slice(0, arnParts - 1), parts.slice(arnParts - 1).join(":")];
}

/** @returns whether an ARN matches a pattern, part by part: no wildcard reaches across the first five colons. */
export function matchesArn(pattern: string, arn: string): boolean {
  const patternParts = splitArn(pattern);
  const parts = splitArn(arn);
  if (!patternParts || !parts) return false;
  return patternParts.every((part, index) => matchesWildcards(part, parts[index] ?? ""));
}
