/**
 * The path by which CloudFront looks for a behaviour. It drops doubled slashes and resolves dot segments, and goes on with the path as the
 * viewer sent it: function and origin see that one. Source: CloudFront developer guide, "Cache behavior settings", path normalization.
 *
 * The guide says "consistent with RFC 3986", whose normalization decodes the characters that need no encoding (section 6.2.2.2), so `%2E` is a
 * dot. What AWS does with an encoded slash is not settled; here it stays encoded.
 *
 * @param path without the query string.
 */
export function normalizePath(path: string): string {
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
  });
  const kept: string[] = [];
  const segments = decoded
    .replace(/\/{2,}/g, "/")
    .split("/")
    .slice(1);
  for (const [index, segment] of segments.entries()) {
    if (segment === "..") kept.pop();
    const isLast = index === segments.length - 1;
    if (segment !== "." && segment !== "..") kept.push(segment);
    else if (isLast) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/**
 * Matches a behaviour's path pattern: `*` stands for any number of characters, slashes included, and `?` for one. Case counts; a leading slash
 * does not. Source: CloudFront developer guide, "Cache behavior settings", path pattern.
 *
 * @param path a normalized path.
 */
export function matchesPathPattern(pattern: string, path: string): boolean {
  const source = (pattern.startsWith("/") ? pattern : `/${pattern}`)
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(path);
}
