import type { IncomingMessage } from "node:http";
import { describeValue } from "../../contracts/text";
import { isJsonObject, type JsonObject } from "../../local/json";
import { BadCommand } from "./answers";

/** The API's own limit is far below. */
const maxBytes = 1024 * 1024;

/** @throws {BadCommand} for a body above 1 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // The rest is read and dropped, so that the page gets to read the answer.
    if (size <= maxBytes) chunks.push(chunk);
  }
  if (size > maxBytes) throw new BadCommand([`A body has at most ${maxBytes} bytes, received ${size}.`]);
  return Buffer.concat(chunks);
}

/** @throws {BadCommand} for anything but a JSON object. */
export async function readJson(request: IncomingMessage): Promise<JsonObject> {
  const text = (await readBody(request)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isJsonObject(value)) return value;
  const received = value === undefined ? "no JSON" : describeValue(value);
  throw new BadCommand([`The body must be a JSON object, received ${received}.`]);
}
