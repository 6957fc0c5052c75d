import { expect } from "chai";
import fc from "fast-check";
import type * as v from "valibot";
import {
  check,
  createStreamWorkflowRequestSchema,
  maskUrls,
  streamLifecycleProgressedDetailSchema,
  updateStreamStatusRequestSchema,
} from "../../contracts";
import { expectFit, expectIssues } from "../support/expect-issues";
import { processorTime } from "../support/processor-time";
import { request } from "../support/requests";

const key = "s3cret-key";

describe("Masking of URLs", () => {
  for (const [text, masked] of [
    [`rtmp://user:p'w@host/${key}`, "rtmp://host/…"],
    [`rtmp://u@${key}@host/live`, "rtmp://host/…"],
    [`rtmp://host/live/it's-${key}`, "rtmp://host/…"],
    [`see 'rtmp://host/${key}', then go`, "see 'rtmp://host/…', then go"],
    [`x_rtmp://host/${key}`, "x_rtmp://host/…"],
    [`rtmps%3A%2F%2Fuser%40host%2F${key}`, "rtmps:///…"],
    [`rtmp://host%2Flive%2F${key}`, "rtmp:///…"],
    [`srt:${key}`, "srt:…"],
    [`srt://[2001:db8::1]:9000?streamid=${key}`, "srt://[2001:db8::1]:9000/…"],
    ["rtmp://host:1935/", "rtmp://host:1935/"],
    ["rtmp://ingest.example.com/live/key", "rtmp://ingest.example.com/…"],
    ["RTMPS://ingest.example.com:443/live/key?x=1", "RTMPS://ingest.example.com:443/…"],
    ["srt://192.0.2.1:9000?streamid=key", "srt://192.0.2.1:9000/…"],
    ["rtmp://user:pass@host/live", "rtmp://host/…"],
    ['{"url":"rtmp:\\/\\/host\\/live\\/key"}', '{"url":"rtmp://host/…"}'],
    [`https:/h/${key}`, "https:…"],
    [`udp:${key}`, "udp:…"],
    [`see 'udp:${key}', then go`, "see 'udp:…', then go"],
    [`RIST:${key}`, "RIST:…"],
    [`http:\\\\host\\${key}`, "http:…"],
    [`whip://host/${key}`, "whip://host/…"],
    [`rtmp:\\u002f\\u002Fhost\\u002f${key}`, "rtmp://host/…"],
    [`rtmp\\u003a\\u002f\\u002fhost\\u002f${key}`, "rtmp://host/…"],
    [`rtmp:\\x2f\\x2fhost\\x2f${key}`, "rtmp://host/…"],
    [`a line\\nudp:${key}`, "a line\\nudp:…"],
    [`rtmp%253A%252F%252Fhost%252F${key}`, "rtmp:///…"],
    [`rtmp&#58;&#x2F;&#47;host&#47;${key}`, "rtmp:///…"],
    [`rtmp://host/<${key}>`, "rtmp://host/…>"],
    [
      String.raw`{"body":"{\"url\":\"rtmp:\\/\\/host\\/${key}\"}"}`,
      String.raw`{"body":"{\"url\":\"rtmp://host/…\"}"}`,
    ],
    ["arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/x", "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/x"],
    ["no URL: rtmp is a protocol", "no URL: rtmp is a protocol"],
    ["no \u001b URL\u202e", "no \u001b URL\u202e"],
    [`a\u0000 rtmps:\u0000//ho\u200bst/live/\u001b${key}`, "a\u0000 rtmps://host/…"],
    [`rt\u0007mps\u009f://host/\u202e${key}`, "rt\u0007mps\u009f://host/…"],
    [`srt\u2066:${key}`, "srt\u2066:…"],
    [`rtmps:\t//host/live/\t${key}`, "rtmps://host/…"],
    [`rtmps:/\n/host/live/\r\n${key} and on`, "rtmps://host/… and on"],
    [`rtmps://host/li\ufeffve/\u2028${key}`, "rtmps://host/…"],
    [String.raw`{"a":"rtmps:\u0000//host/\u001b${key}"}`, '{"a":"rtmps://host/…"}'],
    ["at https://host/a\n    at b", "at https://host/…\n    at b"],
    ["arn:aws:medialive:eu-west-1:1:channel:2", "arn:aws:medialive:eu-west-1:1:channel:2"],
  ] as const) {
    it(`makes ${masked} of ${text}`, () => expect(maskUrls(text)).to.equal(masked));
  }

  it("leaves no path and no query, whatever stands around the URL", () => {
    const key = fc.stringMatching(/^[a-zA-Z0-9_-]{8,20}$/).map((text) => `KEY${text}`);
    const around = fc.constantFrom("", " ", '"', "'", "(", "\n", "=", "[");
    const separator = fc.constantFrom("/", "/live/", "?streamid=", "/a?b=", "#");
    fc.assert(
      fc.property(
        fc.constantFrom("rtmp", "rtmps", "srt"),
        key,
        around,
        separator,
        (scheme, secret, edge, join) => {
          expect(maskUrls(`x${edge}${scheme}://host.example${join}${secret}${edge}`)).not.to.contain(secret);
        },
      ),
    );
  });

  it("leaves no key, however the URL is written and wherever it stands", () => {
    const secrets = fc.stringMatching(/^[a-zA-Z0-9_-]{8,20}$/).map((text) => `KEY${text}`);
    const schemes = fc.constantFrom(
      ...["rtmp", "rtmps", "srt", "udp", "rtp", "rist", "http", "https", "whip", "rtsp", "RTMP", "Srt"],
    );
    const shapes = fc.constantFrom(
      ...[
        "://h.example/live/KEY",
        ":/h/KEY",
        ":KEY",
        "://u:KEY@h.example/live",
        ":///KEY",
        "://h:9000?streamid=KEY",
      ],
      ...["://h/a?b=c#KEY", "://h/it's/KEY", "://[::1]/KEY", ":\\\\h\\KEY", "://h/<KEY>", "://h%2FKEY"],
    );
    const escapes = fc.array(fc.constantFrom(...Object.keys(escaping)), { maxLength: 3 });
    const around = fc.constantFrom("", " ", "(", "\n", "=", "[", "<", "'", "key: ");
    fc.assert(
      fc.property(schemes, shapes, secrets, escapes, around, (scheme, shape, secret, names, edge) => {
        let text = `${edge}${scheme}${shape.replace("KEY", secret)}`;
        for (const name of names) text = escaping[name]?.(text) ?? text;
        const masked = maskUrls(text);
        expect(masked, text).not.to.contain(secret);
        expect([...masked].length).to.be.at.most([...text].length);
        expect(maskUrls(masked), text).not.to.contain(secret);
      }),
      { numRuns: 2_000 },
    );
  });

  it("makes no text longer, so that a limit holds before and after", () => {
    const parts = fc.constantFrom(
      "rtmp:",
      "//",
      "%2F",
      "%3A",
      "@",
      "'",
      "/",
      "?",
      "h",
      ":1",
      " ",
      "\\/",
      "\\",
      "\\u002f",
      "udp",
      "&#58;",
      "🎬",
    );
    fc.assert(
      fc.property(fc.array(parts), (list) => {
        const text = list.join("");
        expect([...maskUrls(text)].length).to.be.at.most([...text].length);
      }),
      // Two units of UTF-16, and one character.
      { examples: [[["rtmp:", "//", "🎬"]]], numRuns: 1_000 },
    );
  });

  it("takes time in proportion to a text's length", async () => {
    for (const filling of [
      ...[
        "a-",
        "://",
        "rtmp:",
        "'",
        "x@",
        "\\",
        ":\\",
        "rtmp\\",
        "rtmp:\\",
        "'\\",
        "://'\\",
        "%25",
        "rtmp%25",
        "&#58;",
      ],
      ...["rtmp:'", "rtmp://'.", "\\u003a"],
    ]) {
      const short = await processorTime(() => maskUrls(filling.repeat(10_000)));
      const long = await processorTime(() => maskUrls(filling.repeat(80_000)));
      // Eight times the length; the square of it would be sixty-four times the work.
      expect(long / Math.max(short, 2_000), filling).to.be.below(32);
    }
  });
});

describe("What came instead of what is allowed", () => {
  it("is quoted up to the host of a URL that stands in the wrong place", () => {
    const url = `rtmps://ingest.example.com/live/${key}`;
    expectIssues(createStreamWorkflowRequestSchema, { ...request, streamId: url, [`${url} "x"`]: 1 }, [
      'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "rtmps://ingest.example.com/…".',
      '["rtmps://ingest.example.com/…"] is not allowed.',
    ]);
  });

  it("is shortened, be it a value or a name", () => {
    const shown = `"${"x".repeat(63)}…"`;
    const long = "x".repeat(1_000);
    expectIssues(createStreamWorkflowRequestSchema, { ...request, startTime: long, [long]: 1 }, [
      `startTime must be an RFC 3339 date-time, received ${shown}.`,
      `[${shown}] is not allowed.`,
    ]);
  });
});

describe("A change of status", () => {
  it("is told with a reason and an origin whose URLs are masked", () => {
    const change = { streamId: "spring-launch", status: "FAILED" };
    const text = `no signal at rtmp://host/live/${key}`;
    const masked = "no signal at rtmp://host/…";
    for (const schema of [updateStreamStatusRequestSchema, streamLifecycleProgressedDetailSchema]) {
      expectFit(schema, { ...change, reason: masked });
      expect(checkedValue(schema, { ...change, reason: text })).to.include({ reason: masked });
    }
    const origin = `${text} ${"x".repeat(1_000)}`;
    expect(checkedValue(streamLifecycleProgressedDetailSchema, { ...change, origin })).to.include({
      origin: `${masked} ${"x".repeat(64)}`.slice(0, 64),
    });
  });
});

/** Ways in which a text is written in another. */
const escaping: { readonly [way: string]: (text: string) => string } = {
  json: (text) => JSON.stringify({ text }),
  "json with escaped slashes": (text) => JSON.stringify({ text }).replaceAll("/", "\\/"),
  "json in ASCII letters": (text) =>
    JSON.stringify({ text }).replaceAll("/", "\\u002f").replaceAll("<", "\\u003c"),
  query: (text) => `?text=${encodeURIComponent(text)}&more=1`,
  slashes: (text) => text.replaceAll("/", "%2f"),
  colons: (text) => text.replaceAll(":", "%3a"),
  html: (text) => text.replaceAll("/", "&#x2F;"),
};

function checkedValue(schema: v.GenericSchema, value: unknown): unknown {
  const checked = check(schema, value);
  return checked.ok ? checked.value : checked.issues;
}
