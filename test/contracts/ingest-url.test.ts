import { expect } from "chai";
import fc from "fast-check";
import { check, ingestEndpointSchema } from "../../contracts";
import { ingestUrl } from "../../contracts/ingest-url";
import { toJsonSchema } from "../../contracts/json-schema";
import { expectIssues } from "../support/expect-issues";
import { compileJsonSchema, isUriByAjv } from "../support/json-schema";
import { uris } from "../support/requests";

const key = "s3cret-key";

describe("The URL of an ingest endpoint", () => {
  const good = [
    "rtmp://ingest.example.com/live",
    "RTMP://Ingest.Example.com/live",
    "rtmps://user:pass@ingest.example.com:443/live/key?x=1&y=%20#top",
    "srt://10.0.0.1:9000?streamid=abc&latency=200",
    "srt://[2001:db8::1]:9000",
    "rtmp://ingest_1.example.com.:1935/live",
    "rtmp://localhost/live",
    "srt://:9000?mode=listener",
    "srt://:9000?latency=200&mode=listener&passphrase=x",
    "srt://:9000/?mode=listener",
    "srt://0.0.0.0:9000?mode=listener",
    "srt://ingest.example.com:65535?mode=caller",
  ];
  for (const text of good) {
    it(`may be ${text}`, () => {
      expect(check(ingestUrl, text)).to.deep.equal({ ok: true, value: text });
      expect(isUriByAjv(text)).to.equal(true);
    });
  }

  const noUri = "must be a URI";
  const slashes = "must have two slashes and a host after its scheme";
  const characters = "must be a URI: percent-encode the characters that it has and a URI has not";
  const host = "must have a host that is a name or an IP address, IPv6 in brackets";
  const port = "must have a port from 1 to 65535 after the colon, received";
  const space = "must be a URI, which has no space: remove it, or write %20";
  for (const [text, problem] of [
    ["", noUri],
    [`ingest.example.com/live/${key}`, noUri],
    [`//ingest.example.com/live/${key}`, noUri],
    [`/live/${key}`, noUri],
    [`1rtmp://ingest.example.com/${key}`, noUri],
    ["rtmp:", `${slashes}, received "rtmp:…"`],
    [`rtmp:${key}`, `${slashes}, received "rtmp:…"`],
    [`rtmp:/ingest.example.com/${key}`, `${slashes}, received "rtmp:…"`],
    // A scheme that nobody knows may be the key itself.
    [`${key}:x`, slashes],
    [`ingest.example.com:1935/live/${key}`, slashes],
    [`rtmp://ingest.example.com/a ${key}`, space],
    [` rtmp://ingest.example.com/${key}`, noUri],
    [`rtmp://ingest.example.com/${key}\n`, space],
    [`rtmp://ingest.example.com/${key}%zz`, characters],
    [`rtmp://ingest.example.com/${key}%2`, characters],
    [`rtmp://ingest.example.com/${key}é`, characters],
    [`rtmp://ingest.example.com/${key}\ud800`, characters],
    ["rtmp://ingest.example.com/live/{stream_key}", characters],
    ["rtmp://ingest.example.com/<key>", characters],
    [`rtmp:\\\\ingest.example.com\\${key}`, characters],
    [`rtmp:///live/${key}`, 'must name a host, received "rtmp://…"'],
    [`rtmp://user@/${key}`, 'must name a host, received "rtmp://…"'],
    [`rtmp://:1935/${key}?mode=listener`, 'must name a host, received "rtmp://…"'],
    [
      `srt://:9000?streamid=${key}`,
      'must name a host, or be that of a listener, such as srt://:9000?mode=listener, received "srt://…"',
    ],
    [
      `srt://:9000?mode=listeners&streamid=${key}`,
      'must name a host, or be that of a listener, such as srt://:9000?mode=listener, received "srt://…"',
    ],
    ["srt://?mode=listener", "must have a port, since a listener without a host has no other address"],
    [`rtmp://ingest.example.com:70000/${key}`, `${port} 70000`],
    [`rtmp://ingest.example.com:65536/${key}`, `${port} 65536`],
    [`rtmp://ingest.example.com:0/${key}`, `${port} 0`],
    [`rtmp://ingest.example.com:/${key}`, `${port} none`],
    [`rtmp://ingest.example.com:${key}/live`, `${port} something else`],
    // Pasted twice.
    [`rtmp://rtmp://ingest.example.com/${key}`, `${port} none`],
    [`rtmp://10.0.0.256/${key}`, host],
    [`rtmp://[2001:db8::zz]/${key}`, host],
    [`rtmp://2001:db8::1/${key}`, `${host}, and ${port} something else`],
    [`rtmp://host%2Flive%2F${key}`, host],
    [`rtmp://.../${key}`, host],
    [`srt://9000?mode=listener&streamid=${key}`, host],
    [`rtmp://:70000/${key}`, `must name a host, received "rtmp://…", and ${port} 70000`],
  ] as const) {
    it(`may not be ${JSON.stringify(text)}`, () => expectIssues(ingestUrl, text, [`body ${problem}.`]));
  }

  it("is one for ajv-formats too", () => {
    fc.assert(
      fc.property(uris, (text) => {
        expect(check(ingestUrl, text).ok, text).to.equal(true);
        expect(isUriByAjv(text), text).to.equal(true);
      }),
    );
  });

  it("is none where a character that no URI has stands in it", () => {
    const strange = fc.constantFrom(...'"<>\\^`{|} é', "\u0000", "\u007f", "🎬");
    fc.assert(
      fc.property(uris, strange, fc.nat(), (text, character, at) => {
        const index = at % (text.length + 1);
        const broken = text.slice(0, index) + character + text.slice(index);
        expect(check(ingestUrl, broken).ok, broken).to.equal(false);
      }),
    );
  });

  it("is what JSON Schema says that it is", () => {
    const judge = compileJsonSchema(toJsonSchema(ingestUrl));
    const pieces = fc.constantFrom(
      ...[
        "rtmp",
        "srt",
        "://",
        ":",
        "/",
        "//",
        "@",
        "?",
        "#",
        "a.example",
        "h",
        "-",
        ".",
        "..",
        "_",
        "::1",
        "[",
        "]",
      ],
      ...[
        "10.0.0.1",
        "10.0.0.256",
        "9000",
        "0",
        "65536",
        "?mode=listener",
        "&",
        "mode=listener",
        "%20",
        "%",
        "é",
        " ",
      ],
    );
    const urls = fc
      .tuple(fc.constantFrom("rtmp://", "srt://", "srt://:9000", ""), fc.array(pieces, { maxLength: 6 }))
      .map(([start, rest]) => start + rest.join(""));
    const seen = { fitting: 0, wrong: 0 };
    fc.assert(
      fc.property(urls, (text) => {
        const { ok } = check(ingestUrl, text);
        seen[ok ? "fitting" : "wrong"]++;
        expect(judge(text).length === 0, text).to.equal(ok);
      }),
      { numRuns: 5_000 },
    );
    expect(seen.fitting).to.be.above(100);
    expect(seen.wrong).to.be.above(100);
  });

  it("is told back by its scheme and its port alone where it is refused", () => {
    const pieces = fc.constantFrom(
      "rtmp",
      "srt",
      ":",
      "/",
      "//",
      "@",
      "?",
      "KEYKEY",
      "KEYKEY",
      "[",
      "]",
      " ",
      "%",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        const checked = check(ingestUrl, list.join(""));
        if (!checked.ok) expect(checked.issues.join()).not.to.contain("KEYKEY");
      }),
    );
  });

  it("is checked in a moment, however long it is", () => {
    for (const filling of [
      "a",
      "a-",
      "a.",
      "1.",
      "@",
      ":",
      "/",
      "[",
      "%20",
      "?mode=listene",
      "&mode=listene",
    ]) {
      expect(check(ingestUrl, `srt://${filling.repeat(100_000)}`)).to.be.an("object");
    }
  }).timeout(5_000);
});

describe("An ingest endpoint", () => {
  const issues = (endpoint: object) => {
    const checked = check(ingestEndpointSchema, endpoint);
    return checked.ok ? [] : checked.issues;
  };

  for (const [protocol, url, issue] of [
    [
      "rtmp",
      "http://x.example/",
      'must begin with rtmp://, since the protocol is rtmp, received "http://x.example/"',
    ],
    [
      "srt",
      "rtmp://x.example/a",
      'must begin with srt://, since the protocol is srt, received "rtmp://x.example/…"',
    ],
    [
      "rtmp",
      "rtmps://x.example/a",
      'must begin with rtmp://, since the protocol is rtmp, received "rtmps://x.example/…"',
    ],
    [
      "rtmps",
      `udp://x.example/${key}`,
      'must begin with rtmps://, since the protocol is rtmps, received "udp://x.example/…"',
    ],
    ["rtmp", `${key}://x.example/a`, "must begin with rtmp://, since the protocol is rtmp"],
  ] as const) {
    it(`of protocol ${protocol} may not have ${url}, nor as its backup`, () => {
      expect(issues({ protocol, url })).to.deep.equal([`url ${issue}.`]);
      const fine = `${protocol}://x.example:1935/a`;
      expect(issues({ protocol, url: fine, backupUrl: url })).to.deep.equal([`backupUrl ${issue}.`]);
    });
  }

  it("is told all that is wrong with both of its URLs at once", () => {
    expect(issues({ protocol: "rtmp", url: "http://:0/", backupUrl: `srt:${key}`, extra: 1 })).to.deep.equal([
      'url must name a host, received "http://…", and must have a port from 1 to 65535 after the colon, received 0.',
      'backupUrl must have two slashes and a host after its scheme, received "srt:…".',
      "extra is not allowed.",
      'url must begin with rtmp://, since the protocol is rtmp, received "http:…".',
      'backupUrl must begin with rtmp://, since the protocol is rtmp, received "srt:…".',
    ]);
  });

  it("whose protocol is none is told that alone", () => {
    expect(issues({ protocol: "hls", url: "http://x.example/" })).to.deep.equal([
      "protocol must be one of rtmp, rtmps, srt.",
    ]);
  });
});
