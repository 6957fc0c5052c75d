import type { IncomingMessage } from "node:http";
import { quote } from "../../contracts/text";

/**
 * Decides whether the console answers a request. It listens on 127.0.0.1 alone, but a page of another site could have a browser on this
 * machine send requests: under a name that resolves to 127.0.0.1 (DNS rebinding), or across sites.
 *
 * @param port the port on which the console listens.
 * @returns why the request is refused; undefined where it is answered.
 */
export function refusalOf({ method = "GET", headers }: IncomingMessage, port: number): string | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) {
    return `The Host header must be ${hosts.join(" or ")}, received ${host === undefined ? "none" : quote(host)}.`;
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return `The Origin header must be http://${host}, received ${quote(origin)}: pages of another origin may not call the console.`;
  }
  const site = headers["sec-fetch-site"];
  // A link on another page may open the console, and does no more.
  const isLink = method === "GET" && headers["sec-fetch-mode"] === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isLink) {
    return `The Sec-Fetch-Site header must be same-origin or none, received ${quote(String(site))}: pages of another site may not call the console.`;
  }
  // A form can send neither JSON nor DELETE and PUT across origins without asking first.
  const type = headers["content-type"] ?? "";
  if (method === "POST" && !/^application\/json\b/i.test(type)) {
    return `A POST to the console must have the content type application/json, received ${type === "" ? "none" : quote(type)}.`;
  }
  return undefined;
}
