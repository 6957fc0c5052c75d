import { expect } from "chai";
import { createStreamClient, type StreamClientOptions } from "../../client";
import { json, useServer } from "./support/server";
import { stream } from "./support/stream";

const secret = "SECRET";
const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret };
const url = "https://abc123.execute-api.eu-west-1.amazonaws.com";

describe("the client's options", () => {
  const refusals: readonly (readonly [string, object, string])[] = [
    [
      "no URL",
      { url: "abc" },
      'url must be the URL of the API, such as https://abc123.execute-api.eu-west-1.amazonaws.com, received "abc".',
    ],
    [
      "nothing for a URL",
      {},
      "url must be the URL of the API, such as https://abc123.execute-api.eu-west-1.amazonaws.com, received undefined.",
    ],
    [
      "a URL that is none, with a password",
      { url: `https://user:${secret}@example.com:99999` },
      `url must be the URL of the API, such as https://abc123.execute-api.eu-west-1.amazonaws.com, received "https://example.com:99999/…".`,
    ],
    [
      "a URL that is not encrypted",
      { url: "http://example.com" },
      "url must begin with https://, or with http:// on this computer, received http://example.com.",
    ],
    [
      "a URL with a password",
      { url: `https://user:${secret}@example.com` },
      "url must have no user, password, query or fragment, received one or more of them for example.com.",
    ],
    [
      "a URL with a query",
      { url: `${url}/?token=${secret}` },
      "url must have no user, password, query or fragment, received one or more of them for abc123.execute-api.eu-west-1.amazonaws.com.",
    ],
    [
      "a signature without a Region",
      { url: "https://api.example.com", credentials },
      "region is required: the host api.example.com names none.",
    ],
    [
      "all that is wrong at once",
      { url, credentials, token: secret, timeoutSeconds: 0, maxTries: 1.5 },
      "timeoutSeconds must be a number above 0, up to 900, received 0. maxTries must be a whole number from 1 to 10, received 1.5. Only one of credentials and token is allowed, received both.",
    ],
  ];
  for (const [what, options, message] of refusals) {
    it(`refuse ${what}, and repeat no secret`, () => {
      const create = () => createStreamClient(options as StreamClientOptions);
      expect(create).to.throw(TypeError).with.property("message", message);
      expect(message).to.not.include(secret);
    });
  }

  describe("of a request", () => {
    const server = useServer();
    const call = async (options: Partial<StreamClientOptions>, streamId = "spring-launch") => {
      server.script(json(200, stream));
      return createStreamClient({ url: server.url, ...options })
        .getStream({ streamId })
        .then(
          () => "sent",
          (error: Error) => `${error.name}: ${error.message}`,
        );
    };

    for (const [what, options, message] of [
      [
        "a token of two lines",
        { token: `${secret}\r\nx-forged: 1` },
        "token must be a text of visible ASCII characters, received one with other characters.",
      ],
      [
        "an empty token",
        { token: () => "" },
        "token must be a text of visible ASCII characters, received an empty one.",
      ],
      [
        "a token that is none",
        { token: async () => undefined as unknown as string },
        "token must be a text of visible ASCII characters, received undefined.",
      ],
      [
        "a session token of two lines",
        { credentials: { ...credentials, sessionToken: `${secret}\n` }, region: "eu-west-1" },
        "credentials.sessionToken must be a text of visible ASCII characters, received one with other characters.",
      ],
    ] as const) {
      it(`refuse ${what}, send nothing, and repeat no secret`, async () => {
        expect(await call(options)).to.equal(`TypeError: ${message}`);
        expect(server.received).to.deep.equal([]);
      });
    }

    it("let the error of a provider through", async () => {
      const token = async () => {
        throw new Error("The session has ended. Run aws sso login.");
      };
      expect(await call({ token })).to.equal("Error: The session has ended. Run aws sso login.");
    });

    it("give a provider up that does not answer", async () => {
      const token = () => new Promise<string>(() => undefined);
      expect(await call({ token, timeoutSeconds: 0.05, maxTries: 1 })).to.equal(
        "StreamApiError: GetStream: No credentials or token within 0.05 seconds.",
      );
    });

    for (const streamId of ["", ".", "..", "\ud800", 5 as unknown as string]) {
      it(`refuse ${JSON.stringify(streamId)} in a path, which would be another path`, async () => {
        expect(await call({}, streamId)).to.match(
          /^TypeError: streamId must be a text that can stand in a path, received /,
        );
        expect(server.received).to.deep.equal([]);
      });
    }

    it("keep a text in its segment of the path, and the path of the URL before it", async () => {
      server.script(json(404, {}));
      await createStreamClient({ url: `${server.url}/prod//` })
        .getStream({ streamId: "a/b?c#d" })
        .catch(() => undefined);
      expect(server.received.map((request) => request.url)).to.deep.equal(["/prod/streams/a%2Fb%3Fc%23d"]);
    });

    it("leave out members that are undefined", async () => {
      server.script(json(200, { streams: [] }));
      await createStreamClient({ url: server.url }).listStreams({ limit: 5, status: undefined } as object);
      expect(server.received.map((request) => request.url)).to.deep.equal(["/streams?limit=5"]);
    });
  });
});
