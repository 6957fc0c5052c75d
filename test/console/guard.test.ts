import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import { refusalOf } from "../../cli/console/guard";

const refusal = (headers: { readonly [name: string]: string }, method = "POST") =>
  refusalOf({ method, headers } as unknown as IncomingMessage, 8790);

describe("what the console says to a request that it refuses", () => {
  const host = "127.0.0.1:8790";
  const refusals: readonly (readonly [string, { readonly [name: string]: string }, string])[] = [
    [
      "another host",
      { host: "attacker.example" },
      'The Host header must be 127.0.0.1:8790 or localhost:8790, received "attacker.example".',
    ],
    [
      "another origin",
      { host, origin: "https://attacker.example" },
      'The Origin header must be http://127.0.0.1:8790, received "https://attacker.example": pages of another origin may not call the console.',
    ],
    [
      "another site",
      { host, "sec-fetch-site": "cross-site" },
      'The Sec-Fetch-Site header must be same-origin or none, received "cross-site": pages of another site may not call the console.',
    ],
    [
      "a form",
      { host, "content-type": "text/plain" },
      'A POST to the console must have the content type application/json, received "text/plain".',
    ],
  ];
  for (const [what, headers, message] of refusals) {
    it(`names the header, what is allowed and what came: ${what}`, () => {
      expect(refusal(headers)).to.equal(message);
    });
  }

  it("is nothing to its own page", () => {
    expect(refusal({ host, origin: `http://${host}`, "content-type": "application/json" })).to.equal(
      undefined,
    );
  });
});
