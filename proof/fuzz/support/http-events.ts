import fc from "fast-check";
import type { HttpEvent } from "../../../handlers/shared/http/http";
import type { HttpCase } from "./http-cases";
import { ingestUrls } from "./ingest-urls";
import { oddValues } from "./json-text";

/** How API Gateway hands a request over, and how somebody may who calls the function directly. */
export interface Delivery {
  readonly version: "1.0" | "2.0";
  readonly stage: string;
  /** Whether the body is in base 64, as bodies of other types than text are. */
  readonly isBase64Encoded: boolean;
  /** Members beside those that matter. */
  readonly around: Record<string, unknown>;
  /** Members that only a direct call can have so; undefined for an event of API Gateway. */
  readonly instead: Record<string, unknown> | undefined;
}

const parsed = oddValues.map((text) => JSON.parse(text) as unknown);

const headers = fc.oneof(
  fc.constant(null),
  fc.constant({}),
  fc.dictionary(fc.string(), fc.oneof(fc.string(), ingestUrls)),
  fc
    .constantFrom(
      "application/json",
      "text/plain",
      "application/json; charset=utf-16",
      "multipart/form-data",
      "\u0000",
      "",
    )
    .map((type) => ({
      "content-type": type,
      "Content-Type": type,
      "content-length": "-1",
      "transfer-encoding": "x",
    })),
);

const around = fc.record(
  {
    headers,
    multiValueHeaders: headers,
    queryStringParameters: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), ingestUrls)),
    cookies: fc.array(ingestUrls, { maxLength: 2 }),
    stageVariables: fc.constant(null),
    __proto__: parsed,
    constructor: parsed,
    toString: parsed,
  },
  { requiredKeys: [] },
);

/** What a direct call may get wrong about the members that are read. */
const instead = fc.record(
  {
    body: fc.oneof(parsed, fc.string()),
    isBase64Encoded: fc.oneof(parsed, fc.constant("false")),
    rawPath: fc.oneof(parsed, fc.constant("constructor"), fc.constant("__proto__"), ingestUrls),
    path: parsed,
    httpMethod: fc.oneof(parsed, ingestUrls),
    requestContext: fc.oneof(
      parsed,
      fc.record({ http: parsed, stage: parsed, requestId: parsed }, { requiredKeys: [] }),
      fc.record({ http: fc.record({ method: parsed, path: parsed }, { requiredKeys: [] }) }),
    ),
  },
  { requiredKeys: [] },
);

export const deliveries: fc.Arbitrary<Delivery> = fc.record({
  version: fc.constantFrom("1.0", "2.0"),
  stage: fc.constantFrom("$default", "$default", "dev", "streams", ""),
  isBase64Encoded: fc.boolean(),
  around,
  instead: fc.oneof({ arbitrary: fc.constant(undefined), weight: 5 }, { arbitrary: instead, weight: 1 }),
});

/** @returns the event; its body is text that says the same bytes, or cannot, where the text is not UTF-8. */
export function eventOf({ method, path, body }: HttpCase, delivery: Delivery): HttpEvent {
  const { version, stage, isBase64Encoded, around: more, instead: odd } = delivery;
  const fullPath = stage === "dev" || stage === "streams" ? `/${stage}${path}` : path;
  const sent = {
    body: isBase64Encoded ? body.toString("base64") : body.toString(),
    isBase64Encoded,
  };
  const event =
    version === "2.0"
      ? {
          version,
          rawPath: fullPath,
          requestContext: { http: { method, path: fullPath }, stage, requestId: "1" },
        }
      : { version, path: fullPath, httpMethod: method, requestContext: { stage, requestId: "1" } };
  return { ...more, ...event, ...sent, ...odd } as unknown as HttpEvent;
}

/** @returns the bytes that the function can know of: as text, what is not UTF-8 comes in replacement characters. */
export function receivedBody({ body }: HttpCase, { isBase64Encoded }: Delivery): Buffer {
  return isBase64Encoded ? body : Buffer.from(body.toString());
}
