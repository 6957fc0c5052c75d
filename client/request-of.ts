import type { RestOperation } from "../contracts";
import type { UnsignedRequest } from "../contracts/sign-request";

/** A request with the parameters of its path. */
export interface ClientRequest extends UnsignedRequest {
  readonly parameters: { readonly [name: string]: string };
}

/**
 * @param input the parameters of the path, and the members of the body or of the query; members that are undefined are left out.
 * @throws {TypeError} that names each parameter of the path that is none.
 */
export function requestOf(
  base: URL,
  { method, path, bodySchema }: RestOperation,
  input: { readonly [member: string]: unknown },
): ClientRequest {
  const members = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const parameters: { [name: string]: string } = {};
  const issues: string[] = [];
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = members.get(name);
    members.delete(name);
    parameters[name] = String(value);
    // A URL leaves out the segments `.` and `..`, so that another path would be called.
    if (typeof value === "string" && value !== "" && !/^\.{1,2}$/.test(value) && value.isWellFormed()) {
      return encodeURIComponent(value);
    }
    issues.push(
      `${name} must be a text that can stand in a path, received ${JSON.stringify(value) ?? "none"}.`,
    );
    return "";
  });
  if (issues.length > 0) throw new TypeError(issues.join(" "));
  const rest = Object.fromEntries(members);
  const hasBody = bodySchema !== undefined;
  return {
    parameters,
    method,
    host: base.host,
    path: `${base.pathname === "/" ? "" : base.pathname}${filled}`,
    query: hasBody
      ? {}
      : Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    headers: hasBody ? { "content-type": "application/json" } : {},
    body: hasBody ? JSON.stringify(rest) : "",
  };
}
