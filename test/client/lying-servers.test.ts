import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { createStreamClient, type StreamApiError } from "../../client";
import { json, useServer } from "./support/server";
import { stream } from "./support/stream";

const secret = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl";

describe("the client, of a server that answers what the contract does not have", () => {
  const server = useServer();
  const failure = async (
    answer: (response: ServerResponse) => void,
    options: { readonly timeoutSeconds?: number } = {},
  ): Promise<StreamApiError> => {
    server.script(answer);
    const client = createStreamClient({ url: server.url, token: secret, maxTries: 1, ...options });
    return client.getStream({ streamId: "spring-launch" }).then(
      (value) => expect.fail(`It took the answer for ${JSON.stringify(value)}.`),
      (error: StreamApiError) => error,
    );
  };
  const send =
    (status: number, headers: { readonly [name: string]: string }, body: string) =>
    (response: ServerResponse) => {
      response.writeHead(status, headers).end(body);
    };

  it("takes an answer with members that it does not know", async () => {
    server.script(json(200, { ...stream, addedLater: { of: "any type" } }));
    const client = createStreamClient({ url: server.url });
    expect(await client.getStream({ streamId: "spring-launch" })).to.deep.equal(stream);
  });

  const cases: readonly (readonly [
    what: string,
    answer: (response: ServerResponse) => void,
    code: string,
    message: RegExp | string,
  ])[] = [
    [
      "members of the wrong type, all of which it names",
      json(200, { ...stream, status: "UP", attempt: "1", history: undefined }),
      "InvalidAnswer",
      'GetStream: The answer does not fit the contract. status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE. attempt must be a number, received "1". history is required.',
    ],
    [
      "another stream",
      json(200, { ...stream, streamId: "other" }),
      "InvalidAnswer",
      'GetStream: The answer must be about the streamId "spring-launch", received one about "other".',
    ],
    ["a list for an object", json(200, []), "InvalidAnswer", /does not fit the contract/],
    [
      "a page of HTML",
      send(200, { "content-type": "text/html" }, "<html>Sign in</html>"),
      "InvalidAnswer",
      'GetStream: The answer is no JSON (status 200, content type "text/html").',
    ],
    [
      "a page of HTML for an error",
      send(502, { "content-type": "text/html" }, "<html>Bad gateway</html>"),
      "Unavailable",
      'GetStream: The answer is 502, without JSON (content type "text/html").',
    ],
    [
      "JSON that ends early",
      send(200, { "content-type": "application/json" }, JSON.stringify(stream).slice(0, 40)),
      "InvalidAnswer",
      'GetStream: The answer is no JSON (status 200, content type "application/json").',
    ],
    [
      "nothing",
      send(200, {}, ""),
      "InvalidAnswer",
      'GetStream: The answer is no JSON (status 200, content type "").',
    ],
    [
      "a body that ends before its length",
      (response) => {
        response.writeHead(200, { "content-length": "500" });
        response.write("{", () => response.destroy());
      },
      "NoAnswer",
      /^GetStream: The answer broke off/,
    ],
    [
      "no answer at all",
      (response) => response.destroy(),
      "NoAnswer",
      /^GetStream: No connection to 127\.0\.0\.1:\d+/,
    ],
    [
      "200 with an error",
      json(200, { message: "Internal Server Error" }),
      "InvalidAnswer",
      /^GetStream: The answer does not fit the contract\. streamId is required\./,
    ],
    [
      "a success that the operation does not have",
      json(201, stream),
      "InvalidAnswer",
      "GetStream: The contract has no answer with status 201.",
    ],
    [
      "a redirect to another host",
      send(307, { location: "http://evil.example.com/" }, ""),
      "InvalidAnswer",
      "GetStream: The answer is a redirect to another URL, which is not followed. Check the API's URL.",
    ],
    [
      "a refusal whose members have the wrong types",
      json(404, { message: 5, issues: [1, { a: 1 }, "No such stream."] }),
      "NotFound",
      "GetStream: 404 No such stream.",
    ],
    [
      "a refusal that repeats the token",
      json(403, { message: `Bearer ${secret} is not allowed.`, issues: [`authorization: Bearer ${secret}`] }),
      "Forbidden",
      "GetStream: 403 Bearer … is not allowed. authorization: Bearer …",
    ],
    [
      "a refusal with control characters",
      json(400, { message: "\u001b[2J", issues: ["one\ntwo"] }),
      "InvalidRequest",
      "GetStream: 400 \\u001b[2J one\\ntwo",
    ],
    [
      "a body larger than any answer",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write(`"${" ".repeat(10_485_760)}`);
        response.end('"');
      },
      "InvalidAnswer",
      "GetStream: The answer has more than 10485760 bytes.",
    ],
    [
      "a body without an end",
      (response) => {
        const chunk = Buffer.alloc(65_536, " ");
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.writeHead(200, { "content-type": "application/json" }).on("drain", more);
        more();
      },
      "InvalidAnswer",
      "GetStream: The answer has more than 10485760 bytes.",
    ],
  ];
  for (const [what, answer, code, message] of cases) {
    it(`says what is wrong: ${what}`, async () => {
      const error = await failure(answer);
      if (typeof message === "string") expect(error.message).to.equal(message);
      else expect(error.message).to.match(message);
      expect(error).to.include({ name: "StreamApiError", code, operation: "GetStream" });
      expect(JSON.stringify([error.message, error.issues, String(error.cause)])).to.not.include(secret);
    });
  }

  for (const [what, answer] of [
    ["that never comes", () => undefined],
    ["that never ends", (response: ServerResponse) => response.writeHead(200).write("{")],
  ] as const) {
    it(`gives an answer up ${what}`, async () => {
      const error = await failure(answer, { timeoutSeconds: 0.05 });
      expect(error).to.include({
        code: "Timeout",
        message: "GetStream: No whole answer within 0.05 seconds.",
      });
    });
  }

  it("sends nothing to the target of a redirect", async () => {
    await failure((response) => {
      response.writeHead(302, { location: `${server.url}/elsewhere` }).end();
    });
    expect(server.received.map(({ url }) => url)).to.deep.equal(["/streams/spring-launch"]);
  });

  it("ends a list whose pages go round in a circle", async () => {
    server.script(
      json(200, { streams: [], nextToken: "one" }),
      json(200, { streams: [], nextToken: "two" }),
      json(200, { streams: [], nextToken: "one" }),
    );
    const read = async () => {
      for await (const _ of createStreamClient({ url: server.url }).streams()) void _;
    };
    const error = await read().catch((caught: Error) => caught);
    expect(error).to.have.property(
      "message",
      "ListStreams: The list does not end: a page names one that was read as the next one.",
    );
    expect(server.received).to.have.length(3);
  });
});
