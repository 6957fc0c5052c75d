import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";

/** As long as EventBridge gives an API destination. */
const maxMilliseconds = 5_000;

/** How a request is made; replaced in tests. */
export type Request = (
  url: URL,
  options: RequestOptions,
  onResponse: (response: IncomingMessage) => void,
) => ClientRequest;

/**
 * Posts a body. No redirect is followed, and what is answered beside the status is not read.
 *
 * @param send Node.js's client for HTTPS, which is loaded for the first request, when left out.
 * @returns the status.
 * @throws {Error} where the connection fails, or nothing is answered within five seconds.
 */
export async function postWebhook(
  url: URL,
  headers: { readonly [name: string]: string },
  body: string,
  send?: Request,
): Promise<number> {
  const request: Request = send ?? (await import("node:https")).request;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: "POST", headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } },
      (response) => {
        clearTimeout(timer);
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    const timer = setTimeout(() => {
      sent.destroy(new Error(`No answer in ${maxMilliseconds} ms.`));
    }, maxMilliseconds);
    sent.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end(body);
  });
}
