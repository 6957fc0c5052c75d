import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

/** Why a manifest is no evidence. */
export class NoManifest extends Error {}

/** How texts are read, and how far. */
export interface FetchLimits {
  /** @default Node.js's client for HTTPS, which is loaded for the first request */
  readonly get?: (
    url: URL,
    options: RequestOptions,
    onResponse: (response: IncomingMessage) => void,
  ) => ClientRequest;
  readonly protocol: "https:" | "http:";
  /** What a manifest may have at most. */
  readonly maxBytes: number;
  /** How long the whole answer may take. */
  readonly maxMilliseconds: number;
}

/** A manifest that lists a day of segments is smaller. One that never ends is given up at this size. */
export const fetchLimits: FetchLimits = {
  protocol: "https:",
  maxBytes: 2 * 1024 * 1024,
  maxMilliseconds: 5_000,
};

/**
 * Reads a text from one host, of a bounded size and in a bounded time. No redirect is followed.
 *
 * @throws {NoManifest} for any other status than 200, for a compressed body, which was not asked for, for a body that is too large or too slow,
 * and for a connection that fails.
 */
export async function fetchText(url: URL, limits: FetchLimits = fetchLimits): Promise<string> {
  const { maxBytes, maxMilliseconds } = limits;
  if (url.protocol !== limits.protocol) throw new NoManifest(`it is not at an ${limits.protocol}// URL`);
  const get = limits.get ?? (await import("node:https")).get;
  return new Promise((resolve, reject) => {
    const refuse = (problem: string) => {
      clearTimeout(timer);
      reject(new NoManifest(problem));
      request.destroy();
    };
    const request = get(url, { headers: { "accept-encoding": "identity" } }, (response) => {
      const problem = findProblem(response);
      if (problem !== undefined) return refuse(problem);
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) return refuse(`it has more than ${maxBytes} bytes`);
        chunks.push(chunk);
      });
      response.on("error", (error) => refuse(`the connection failed (${error.message})`));
      response.on("end", () => {
        clearTimeout(timer);
        resolve(Buffer.concat(chunks).toString("utf8"));
      });
    });
    const timer = setTimeout(() => refuse(`it did not end within ${maxMilliseconds} ms`), maxMilliseconds);
    request.on("error", (error) => refuse(`the connection failed (${error.message})`));
  });
}

function findProblem({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  if (statusCode >= 300 && statusCode < 400) return `it is redirected (${statusCode}), which is not followed`;
  if (statusCode !== 200) return `it was answered ${statusCode}`;
  return (headers["content-encoding"] ?? "identity") === "identity"
    ? undefined
    : "it came compressed, unasked";
}
