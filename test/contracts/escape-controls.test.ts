import { expect } from "chai";
import fc from "fast-check";
import {
  check,
  escapeControls,
  escapeControlsInLines,
  updateStreamStatusRequestSchema,
} from "../../contracts";

describe("Control characters", () => {
  for (const [text, shown] of [
    ["x\u001b[2J\n23:59 workflow forged SUCCEEDED", "x\\u001b[2J\\n23:59 workflow forged SUCCEEDED"],
    ["tab\tand\r\nline", "tab\\tand\\r\\nline"],
    ["\u0000\u0007\u007f", "\\u0000\\u0007\\u007f"],
    ["C1: \u0080\u0085\u009b31m\u009f", "C1: \\u0080\\u0085\\u009b31m\\u009f"],
    [
      "\u202aa\u202eb\u2066c\u2069d\u200ee\u200ff\u061c",
      "\\u202aa\\u202eb\\u2066c\\u2069d\\u200ee\\u200ff\\u061c",
    ],
    ["a\u2028b\u2029", "a\\u2028b\\u2029"],
    ["half \ud83d and \udc4d", "half \\ud83d and \\udc4d"],
    ["grüße, 東京 👩\u200d🚀 'q' \"q\" \\n", "grüße, 東京 👩\u200d🚀 'q' \"q\" \\n"],
  ] as const) {
    it(`are shown in ${JSON.stringify(text)}`, () => expect(escapeControls(text)).to.equal(shown));
  }

  it("are gone from any text, which is one line then, and stays as it is when it is escaped again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const shown = escapeControls(text);
        expect(shown).to.not.match(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u);
        expect(shown.isWellFormed()).to.equal(true);
        expect(escapeControls(shown)).to.equal(shown);
      }),
    );
  });

  it("leave the lines of a text of several lines alone", () => {
    expect(escapeControlsInLines("one\u001b\n  two\r\n")).to.equal("one\\u001b\n  two\\r\n");
  });

  it("stand escaped in what a refusal repeats", () => {
    const checked = check(updateStreamStatusRequestSchema, {
      streamId: "a\u009b\u202e\u007f\u001b",
      status: "READY",
    });
    expect(checked).to.deep.equal({
      ok: false,
      issues: ['streamId must match ^[a-zA-Z0-9-]{3,64}$, received "a\\u009b\\u202e\\u007f\\u001b".'],
    });
  });
});
