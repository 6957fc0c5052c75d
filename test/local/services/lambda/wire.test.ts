import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { localUser } from "../../../../local/auth";
import { credentialsOf } from "../../../../local/calls/callers";
import { type Local, startLocal } from "../../../../testing";
import { aRole, localArn } from "../../support/programs";

describe("Lambda over REST-JSON", () => {
  let local: Local;
  before(async () => {
    local = await startLocal(() => {
      const role = aRole("greeter", {
        service: "lambda.amazonaws.com",
        may: { "*": ["logs:CreateLogStream", "logs:PutLogEvents"] },
      });
      new aws.lambda.CallbackFunction("greeter", {
        ...{ name: "greeter", role },
        callback: async ({ name }: { name?: string }) => {
          console.log(`hello ${name}`);
          if (name === "nobody") throw new TypeError("Nobody is there.");
          return { greeting: `Hello ${name}` };
        },
      });
    });
  });
  after(() => local.stop());

  /** The client of Lambda's SDK is not among the project's libraries: this is what it sends. */
  async function invoke(
    path: string,
    body: string,
    type?: string,
    accessKeyId: string = localUser.accessKeyId,
  ) {
    const { status, headers, text } = await send(path, body, type, accessKeyId);
    return { status, error: headers.get("x-amzn-errortype") ?? headers.get("x-amz-function-error"), text };
  }
  async function send(path: string, body: string, type: string | undefined, accessKeyId: string) {
    const response = await fetch(`${local.aws.endpoint}/2015-03-31/functions/${path}/invocations`, {
      method: "POST",
      body,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0`,
        ...(type !== undefined && { "x-amz-invocation-type": type }),
      },
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  for (const path of ["greeter", encodeURIComponent(localArn("lambda", "function:greeter"))]) {
    it(`invokes a function, and answers with its result: ${path}`, async () => {
      expect(await invoke(path, '{"name":"Ada"}', "RequestResponse")).to.deep.equal({
        status: 200,
        error: null,
        text: '{"greeting":"Hello Ada"}',
      });
    });
  }

  it("answers 200 to an error of the function as well, and marks it", async () => {
    const { status, error, text } = await invoke("greeter", '{"name":"nobody"}');
    expect([status, error]).to.deep.equal([200, "Unhandled"]);
    expect(JSON.parse(text)).to.include({ errorType: "TypeError", errorMessage: "Nobody is there." });
  });

  it("takes an event with 202, and tries it again as Lambda does", async () => {
    expect(await invoke("greeter", '{"name":"nobody"}', "Event")).to.deep.equal({
      status: 202,
      error: null,
      text: "",
    });
    const before = local.logs.all().filter(({ line }) => line === "hello nobody").length;
    await local.clock.advance({ minutes: 5 });
    expect(local.logs.all().filter(({ line }) => line === "hello nobody").length - before).to.equal(2);
  });

  it("refuses a function, an alias and a payload that it does not know", async () => {
    for (const [path, body, expected] of [
      ["gone", "{}", [404, "ResourceNotFoundException"]],
      ["greeter", "no JSON", [400, "InvalidRequestContentException"]],
    ] as const) {
      const { status, error } = await invoke(path, body);
      expect([status, error], path).to.deep.equal(expected);
    }
    const response = await fetch(
      `${local.aws.endpoint}/2015-03-31/functions/greeter/invocations?Qualifier=live`,
      { method: "POST" },
    );
    expect(response.status).to.equal(404);
  });

  it("lets a function in only where its role says so", async () => {
    const { status, error } = await invoke(
      "greeter",
      "{}",
      "Event",
      credentialsOf("greeter").AWS_ACCESS_KEY_ID,
    );
    expect([status, error]).to.deep.equal([403, "AccessDeniedException"]);
  });

  it("names what it does not serve", async () => {
    const response = await fetch(`${local.aws.endpoint}/2015-03-31/functions/greeter`);
    expect(await response.text()).to.include("Lambda GET /2015-03-31/functions/greeter");
  });
});
