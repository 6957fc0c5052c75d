/** Headers by lower-case name. */
export interface Headers {
  readonly [name: string]: string;
}

/** A name and its value, encoded as they were sent. */
export type Pair = readonly [name: string, value: string];

/** A viewer's request, as it came. */
export interface ViewerRequest {
  readonly method: string;
  /** Without the query string, encoded as it was sent. */
  readonly path: string;
  readonly query: readonly Pair[];
  readonly headers: Headers;
  readonly cookies: readonly Pair[];
  readonly ip: string;
}

/** What an origin or a function answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** What the developer should know about it, where AWS would not say. */
  readonly reason?: string;
}

/**
 * Reads a request.
 *
 * @param target path and query string, as in the request line.
 */
export function readViewerRequest(
  method: string,
  target: string,
  headers: Headers,
  ip = "127.0.0.1",
): ViewerRequest {
  const mark = target.indexOf("?");
  const { cookie = "", ...others } = headers;
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? [] : readPairs(target.slice(mark + 1), "&"),
    headers: others,
    cookies: readPairs(cookie, ";"),
    ip,
  };
}

function readPairs(text: string, separator: string): Pair[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const sign = part.indexOf("=");
      return sign < 0 ? [part, ""] : [part.slice(0, sign), part.slice(sign + 1)];
    });
}

/** @returns the query string with its question mark; empty where there are no parameters. */
export function writeQuery(query: readonly Pair[]): string {
  return query.length === 0 ? "" : `?${writePairs(query, "&")}`;
}

export function writePairs(pairs: readonly Pair[], separator: string): string {
  return pairs.map(([name, value]) => (value === "" ? name : `${name}=${value}`)).join(separator);
}
