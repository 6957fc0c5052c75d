import fc from "fast-check";
import { largestRequestBytes, type StreamStatus, streamStatuses } from "../../../contracts";
import { dateTimes } from "../../../test/support/requests";
import { ingestUrls, ingestUrlsOf, urlTexts } from "./ingest-urls";
import { type JsonText, mutate, mutations, names, oddValues, textOf, write } from "./json-text";

/** The stream that every case is about. */
export const streamId = "fuzz-stream";

/** One request to the API, and the stream as it finds it. */
export interface HttpCase {
  /** The status of the latest attempt; undefined for a stream that nobody requested. */
  readonly prior: StreamStatus | undefined;
  /** Whether that attempt is by the request that `requestText` is. */
  readonly isPriorOfSame: boolean;
  /** A valid request for the stream, as JSON text: most bodies are made of it. */
  readonly requestText: string;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly [fc.toStringMethod]: () => string;
}

type Operation = "POST" | "PUT";

/** Valid requests for the stream, in every spelling, with stream keys in their URLs. */
const requests = fc
  .record(
    {
      streamId: fc.constant(streamId),
      title: fc.oneof(
        fc.string({ minLength: 1, maxLength: 140 }),
        urlTexts.map((text) => text.slice(0, 140)),
      ),
      startTime: dateTimes,
      ingestEndpoints: fc.array(
        fc.constantFrom("rtmp", "rtmps", "srt").chain((protocol) =>
          fc.record(
            {
              protocol: fc.constant(protocol),
              url: ingestUrlsOf(protocol),
              backupUrl: ingestUrlsOf(protocol),
            },
            { requiredKeys: ["protocol", "url"], noNullPrototype: true },
          ),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      metadata: fc
        .array(
          fc.tuple(
            names.map((name) => JSON.parse(name) as string),
            fc.oneof(fc.string(), urlTexts),
          ),
          {
            maxLength: 4,
          },
        )
        // Not by assignment: `__proto__` is a name like any other.
        .map((entries) => Object.fromEntries(entries.map(([name, value]) => [name.toWellFormed(), value]))),
    },
    { requiredKeys: ["streamId", "title", "startTime", "ingestEndpoints"], noNullPrototype: true },
  )
  .map(textOf);

const updates = fc
  .record(
    {
      streamId: fc.constant(streamId),
      status: fc.constantFrom(...streamStatuses),
      reason: fc.oneof(
        fc.string({ maxLength: 280 }),
        urlTexts.map((text) => text.slice(0, 280)),
      ),
    },
    { requiredKeys: ["streamId", "status"], noNullPrototype: true },
  )
  .map(textOf);

const bodies = { POST: requests, PUT: updates };

/** Values that a member of a body must not have, among them ingest URLs. */
const wrongValues: fc.Arbitrary<JsonText> = fc.oneof(
  { arbitrary: oddValues, weight: 3 },
  urlTexts.map((text) => JSON.stringify(text)),
);
const wrongNames = fc.oneof(
  { arbitrary: names, weight: 3 },
  urlTexts.map((text) => JSON.stringify(text)),
);

const changes = fc.array(
  fc
    .record({ mutation: mutations, value: wrongValues, name: wrongNames })
    .map(({ mutation, value, name }) => ({
      ...mutation,
      ...{ value, name },
    })),
  { minLength: 1, maxLength: 3 },
);

/** JSON that anything may be the matter with, and what is no JSON at all. */
const wildTexts = fc.oneof(
  { arbitrary: wrongValues.map(write), weight: 2 },
  { arbitrary: fc.string(), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      "",
      " ",
      "{",
      "[",
      '{"a":1',
      "{'a':1}",
      "{a:1}",
      '{"a":1,}',
      "//",
      "NaN",
      "\u0000",
      "\ufeff",
    ),
    weight: 1,
  },
);

/** What may stand before and after a body's text. */
const surroundings = fc.constantFrom(
  ["", ""],
  ["\ufeff", ""],
  [" \n\t", "\r\n"],
  ["", "\u0000"],
  ["", "{}"],
  [")]}'", ""],
);

const damages: readonly ((bytes: Buffer) => Buffer)[] = [
  // In a text that may be anything: with a replacement character in its place, the body would be valid.
  (bytes) =>
    Buffer.from(bytes.toString("latin1").replace(/("(?:title|reason)":")[^"\\]*/, "$1\xff"), "latin1"),
  (bytes) =>
    Buffer.concat([
      bytes.subarray(0, bytes.length >> 1),
      Buffer.from([0xff]),
      bytes.subarray(bytes.length >> 1),
    ]),
  (bytes) => bytes.subarray(0, -1),
  (bytes) => Buffer.from(bytes.toString(), "utf16le"),
  (bytes) => Buffer.from(`${bytes.toString()}é`, "latin1"),
  (bytes) => Buffer.from(bytes.toString().replace('"', '"\ud800'), "latin1"),
  // An overlong encoding of a slash, and half of a surrogate pair.
  (bytes) => Buffer.concat([bytes, Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80])]),
];

/** A request made as long as it takes by its metadata. */
function padded(text: JsonText, bytes: number): Buffer {
  if (typeof text === "string" || !("members" in text)) throw new Error("A request is an object.");
  const members = text.members.filter(([name]) => name !== '"metadata"');
  const make = (padding: string) =>
    Buffer.from(write({ members: [...members, ['"metadata"', `{"padding":"${padding}"}`]] }));
  return make("x".repeat(Math.max(0, bytes - make("").length)));
}

const sizes = fc.oneof(
  { arbitrary: fc.integer({ min: -8, max: 8 }).map((more) => largestRequestBytes + more), weight: 50 },
  { arbitrary: fc.integer({ min: largestRequestBytes + 1, max: 2 * largestRequestBytes }), weight: 200 },
  // As much as API Gateway lets through.
  { arbitrary: fc.constant(10 * 1024 * 1024), weight: 1 },
);

/** Bodies for an operation: half of them right, half of them wrong. */
function bodiesOf(operation: Operation): fc.Arbitrary<Buffer> {
  const valid = bodies[operation];
  const toBuffer = (text: JsonText) => Buffer.from(write(text));
  return fc.oneof(
    { arbitrary: valid.map(toBuffer), weight: 50 },
    {
      arbitrary: fc.tuple(valid, changes).map(([text, all]) => toBuffer(all.reduce(mutate, text))),
      weight: 22,
    },
    { arbitrary: wildTexts.map((text) => Buffer.from(text)), weight: 6 },
    {
      arbitrary: fc
        .tuple(valid, surroundings)
        .map(([text, [head, tail]]) => Buffer.from(`${head}${write(text)}${tail}`)),
      weight: 5,
    },
    {
      arbitrary: fc.tuple(valid, fc.constantFrom(...damages)).map(([text, damage]) => damage(toBuffer(text))),
      weight: 5,
    },
    { arbitrary: fc.tuple(requests, sizes).map(([text, size]) => padded(text, size)), weight: 32 },
  );
}

const wrongMethods = fc.constantFrom(
  "GET",
  "DELETE",
  "PATCH",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "post",
  "PROPFIND",
);
const wrongPaths = fc.oneof(
  fc.constantFrom(
    "/",
    "/stream",
    "/streams/",
    "//streams",
    "/STREAMS",
    "/streams/fuzz-stream",
    "/__proto__",
    "/constructor",
    "/%00",
    "/streams%2F..",
    "/../streams",
    "/%ff",
  ),
  ingestUrls.map((url) => `/${url.replace(/[?#].*/, "")}`),
);

const requestLines = (operation: Operation) =>
  fc.oneof(
    { arbitrary: fc.constant({ method: operation, path: "/streams" }), weight: 70 },
    { arbitrary: wrongMethods.map((method) => ({ method, path: "/streams" })), weight: 13 },
    { arbitrary: wrongPaths.map((path) => ({ method: operation, path })), weight: 13 },
    {
      arbitrary: fc.constantFrom("GET", "POST", "PUT").map((method) => ({ method, path: "/health" })),
      weight: 4,
    },
  );

/** Requests that reach an operation, or fail to in all ways. */
export function httpCases(operation: Operation): fc.Arbitrary<HttpCase> {
  return fc
    .record({
      prior: fc.oneof(
        { arbitrary: fc.constant(undefined), weight: 2 },
        { arbitrary: fc.constantFrom(...streamStatuses), weight: 9 },
      ),
      isPriorOfSame: fc.boolean(),
      request: requests,
      line: requestLines(operation),
      body: bodiesOf(operation),
      isOwnBody: fc.boolean(),
    })
    .map(({ prior, isPriorOfSame, request, line, body, isOwnBody }) => {
      const requestText = write(request);
      // A repeated request is one that is valid, and the stream's own.
      const bytes = operation === "POST" && isPriorOfSame && isOwnBody ? Buffer.from(requestText) : body;
      const made = { prior, isPriorOfSame, requestText, ...line, body: bytes };
      return { ...made, [fc.toStringMethod]: () => describe(made) };
    });
}

function describe({ body, requestText, ...rest }: Omit<HttpCase, typeof fc.toStringMethod>): string {
  const text =
    body.length > 2_000
      ? `${body.toString("latin1", 0, 500)}… (${body.length} bytes)`
      : body.toString("latin1");
  return JSON.stringify({
    ...rest,
    body: text,
    base64: body.length > 2_000 ? undefined : body.toString("base64"),
    requestText,
  });
}
