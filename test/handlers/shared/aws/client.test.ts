import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { DynamoDBClient, GetItemCommand } from "../../../../handlers/shared/aws/dynamodb";
import { PublishCommand, SNSClient } from "../../../../handlers/shared/aws/sns";
import { SFNClient, StartExecutionCommand } from "../../../../handlers/shared/aws/step-functions";

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => void;

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };

describe("a call of AWS", () => {
  let server: Server;
  let endpoint: string;
  let answers: Answer[];
  let requests: { headers: IncomingMessage["headers"]; body: string; socket: number | undefined }[];

  beforeEach(async () => {
    silence = 30_000;
    answers = [];
    requests = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        requests.push({ headers: request.headers, body, socket: request.socket.remotePort });
        answers.shift()?.(response, request, body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Milliseconds. A slow machine answers late: only a test of silence waits for less. */
  let silence: number;
  const settings = () => ({ endpoint, region: "eu-west-1", credentials, timeouts: { silence } });
  const get = (options?: { abortSignal: AbortSignal }) =>
    new DynamoDBClient(settings()).send(
      new GetItemCommand({ TableName: "t", Key: { id: { S: "1" } } }),
      options,
    );
  const json =
    (status: number, body: object, headers: { [name: string]: string } = {}): Answer =>
    (response) =>
      response.writeHead(status, headers).end(JSON.stringify(body));
  const item = { Item: { id: { S: "1" } } };

  async function failureOf(call: Promise<unknown>): Promise<Error> {
    try {
      await call;
    } catch (error) {
      return error as Error;
    }
    throw new Error("The call went well.");
  }

  it("carries action, body and signature, and yields the answer", async () => {
    answers = [json(200, item)];
    expect(await get()).to.deep.equal(item);
    const [request] = requests;
    expect(request?.body).to.equal('{"TableName":"t","Key":{"id":{"S":"1"}}}');
    expect(request?.headers).to.include({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "DynamoDB_20120810.GetItem",
    });
    expect(request?.headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/dynamodb\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
  });

  it("leaves no timer behind for a connection that is used again", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === "Timeout").length;
    answers = [json(200, item), json(200, item)];
    await get();
    const before = timers();
    await get();
    expect(new Set(requests.map(({ socket }) => socket))).to.have.property("size", 1);
    expect(timers()).to.equal(before);
  });

  it("is not tried again for a refusal that has nothing to do with the time, whatever AWS's clock says", async () => {
    const date = new Date(Date.now() + 600_000).toUTCString();
    answers = [json(400, { __type: "ValidationException" }, { date }), json(200, item)];
    expect(await failureOf(get())).to.have.property("name", "ValidationException");
    expect(requests).to.have.lengthOf(1);
  });

  it("keeps its connection for the next one", async () => {
    answers = [json(200, item), json(200, item)];
    await get();
    await get();
    expect(new Set(requests.map(({ socket }) => socket))).to.have.property("size", 1);
  });

  for (const [what, first] of [
    ["a throttle", json(400, { __type: "com.amazon.coral.availability#ThrottlingException" })],
    ["a server's error", json(500, { __type: "InternalServerError" })],
    ["an answer of a proxy", (response: ServerResponse) => response.writeHead(503).end("<html>")],
    ["a lost connection", (_: ServerResponse, request: IncomingMessage) => request.socket.destroy()],
    ["silence", () => undefined],
    [
      "an answer that breaks off",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": "100" }).write("{");
        response.destroy();
      },
    ],
  ] as [string, Answer][]) {
    it(`is made again after ${what}`, async () => {
      answers = [first, json(200, item)];
      if (what === "silence") silence = 500;
      expect(await get()).to.deep.equal(item);
      expect(requests).to.have.lengthOf(2);
    });
  }

  it("fails after three tries, by AWS's name of the error", async () => {
    answers = Array.from({ length: 4 }, () => json(500, { __type: "InternalServerError", message: "later" }));
    expect(await failureOf(get())).to.include({ name: "InternalServerError", message: "later" });
    expect(requests).to.have.lengthOf(3);
  });

  it("is not made again after a refusal, whose name, message and members it has", async () => {
    const members = { Item: { id: { S: "1" } } };
    const type = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    answers = [json(400, { __type: type, Message: "The conditional request failed", ...members })];
    expect(await failureOf(get())).to.deep.include({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      ...members,
    });
    expect(requests).to.have.lengthOf(1);
  });

  it("takes the error's name from the header, where it stands there", async () => {
    answers = [
      json(400, { message: "no" }, { "x-amzn-errortype": "ExecutionAlreadyExists:http://internal" }),
    ];
    expect(await failureOf(get())).to.include({ name: "ExecutionAlreadyExists", message: "no" });
  });

  it("is signed for AWS's clock, where its own is wrong, from then on", async () => {
    const ahead = new Date(Date.now() + 3_600_000);
    answers = [
      json(400, { __type: "InvalidSignatureException" }, { date: ahead.toUTCString() }),
      json(200, item),
      json(200, item),
    ];
    const client = new DynamoDBClient(settings());
    const command = new GetItemCommand({ TableName: "t", Key: {} });
    await client.send(command);
    await client.send(command);
    const hours = requests.map(({ headers }) => String(headers["x-amz-date"]).slice(9, 11));
    const hour = ahead.toISOString().slice(11, 13);
    expect(hours[0]).not.to.equal(hours[1]);
    expect(hours.slice(1).every((signed) => Math.abs(Number(signed) - Number(hour)) % 23 <= 1)).to.equal(
      true,
    );
  });

  it("is not made again for a wrong signature of the right time", async () => {
    const date = new Date().toUTCString();
    answers = [json(403, { __type: "InvalidSignatureException" }, { date })];
    expect(await failureOf(get())).to.include({ name: "InvalidSignatureException" });
    expect(requests).to.have.lengthOf(1);
  });

  it("ends at once when it is aborted, with the reason", async () => {
    const over = new AbortController();
    answers = [() => over.abort(new Error("No answer in time."))];
    expect(await failureOf(get({ abortSignal: over.signal }))).to.include({ message: "No answer in time." });
    expect(requests).to.have.lengthOf(1);
  });

  it("fails by TimeoutError when nobody answers", async () => {
    silence = 50;
    expect(await failureOf(get())).to.include({
      name: "TimeoutError",
      message: "AWS did not answer in 50 ms.",
    });
    expect(requests).to.have.lengthOf(3);
  });

  it("is signed with the credentials that Lambda gives at the time", async () => {
    const before = { ...process.env };
    const client = new DynamoDBClient({ endpoint });
    const call = () => client.send(new GetItemCommand({ TableName: "t", Key: {} }));
    try {
      for (const key of ["FIRST", "SECOND"]) {
        Object.assign(process.env, {
          ...{ AWS_REGION: "eu-north-1", AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: "s" },
          AWS_SESSION_TOKEN: `token of ${key}`,
        });
        answers = [json(200, {})];
        await call();
      }
      delete process.env.AWS_SECRET_ACCESS_KEY;
      expect(await failureOf(call()))
        .to.have.property("message")
        .that.includes("are not set");
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
    expect(requests.map(({ headers }) => headers["x-amz-security-token"])).to.deep.equal([
      "token of FIRST",
      "token of SECOND",
    ]);
    expect(requests[1]?.headers.authorization).to.include("Credential=SECOND/").and.include("/eu-north-1/");
  });

  it("reads the times of Step Functions as dates", async () => {
    answers = [json(200, { executionArn: "arn", startDate: 1_767_225_600.25 })];
    const { startDate } = await new SFNClient(settings()).send(
      new StartExecutionCommand({ stateMachineArn: "arn", input: "{}" }),
    );
    expect(startDate?.toISOString()).to.equal("2026-01-01T00:00:00.250Z");
  });

  it("publishes by SNS's query protocol, and reads its errors", async () => {
    const xml =
      (text: string, status = 200): Answer =>
      (response) =>
        response.writeHead(status).end(text);
    answers = [
      xml("<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"),
      xml(
        "<ErrorResponse><Error><Code>NotFound</Code><Message>No &lt;topic&gt; &amp;c.</Message></Error></ErrorResponse>",
        404,
      ),
    ];
    const sns = new SNSClient(settings());
    const command = new PublishCommand({ TopicArn: "arn:x", Subject: "A & B", Message: "é\n%" });
    expect(await sns.send(command)).to.deep.equal({ MessageId: "m-1" });
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).to.deep.equal({
      ...{ Action: "Publish", Version: "2010-03-31", TopicArn: "arn:x" },
      ...{ Subject: "A & B", Message: "é\n%" },
    });
    expect(await failureOf(sns.send(command))).to.include({ name: "NotFound", message: "No <topic> &c." });
  });
});
