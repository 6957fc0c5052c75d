import { expect } from "chai";
import {
  check,
  createStreamWorkflowRequestSchema,
  largestRequestBytes,
  normalizeRequest,
} from "../../contracts";
import { createCreateStreamWorkflow } from "../../handlers/create-stream-workflow";
import { requestOfInput } from "../../handlers/shared/store/read-request";
import { type Actions, awsError, type Call, fakeClient, recordingLog } from "./support/fakes";
import { aRequest, bodyOf, httpEvent, httpEventV1 } from "./support/http-events";
import { executionArn, stateMachineArn, useTables } from "./support/tables";

const startDate = new Date("2027-03-20T17:00:00.500Z");

/** The normalized request as text, which is what the workflow gets and the table holds. */
const input = normalized(aRequest());

describe("POST /streams", () => {
  const tables = useTables();

  function setUp(actions: Actions = { StartExecution: () => ({ startDate }) }) {
    const calls: Call[] = [];
    const log = recordingLog();
    const { dynamodb, tableName } = tables;
    const sfn = fakeClient(actions, calls);
    const handle = createCreateStreamWorkflow({
      dynamodb,
      sfn,
      tableName,
      stateMachineArn,
      now: () => new Date("2027-03-20T17:00:00Z"),
      wait: async () => {},
      log,
    });
    return { post: (body?: unknown) => handle(httpEvent("POST", "/streams", body)), handle, calls, log };
  }

  it("looks again while an execution of that name is not seen yet", async () => {
    let looks = 0;
    const { post, calls } = setUp({
      StartExecution: () => {
        throw awsError("ExecutionAlreadyExists");
      },
      DescribeExecution: () => {
        looks += 1;
        if (looks < 3) throw awsError("ExecutionDoesNotExist");
        return { status: "RUNNING", input: "{}", startDate };
      },
    });

    expect((await post(aRequest())).statusCode).to.equal(409);
    expect(calls.map(({ action }) => action)).to.deep.equal([
      "StartExecution",
      ...Array(3).fill("DescribeExecution"),
    ]);
  });

  for (const [error, looks] of [
    ["ExecutionDoesNotExist", 5],
    ["ThrottlingException", 1],
  ] as const) {
    it(`gives up after ${looks === 1 ? "one look" : `${looks} looks`} at it that ${error} ends`, async () => {
      const { post, calls } = setUp({
        StartExecution: () => {
          throw awsError("ExecutionAlreadyExists");
        },
        DescribeExecution: () => {
          throw awsError(error);
        },
      });

      expect(await post(aRequest()).catch(({ name }: Error) => name)).to.equal(error);
      expect(calls.filter(({ action }) => action === "DescribeExecution")).to.have.lengthOf(looks);
    });
  }

  it("starts the workflow of the first attempt with the normalized request", async () => {
    const { post, calls } = setUp();

    const result = await post(aRequest());

    expect(result.statusCode).to.equal(202);
    expect(result.headers).to.deep.equal({ "Content-Type": "application/json" });
    expect(bodyOf(result)).to.deep.equal({
      streamId: "spring-launch",
      detailType: "StreamProvisionRequested",
      stateMachineArn,
      acceptedAt: "2027-03-20T17:00:00.500Z",
    });
    const sent = JSON.stringify({ ...JSON.parse(input), requestedBy: { requestId: "JKJaXmPLvHcESHA=" } });
    expect(calls).to.deep.equal([
      { action: "StartExecution", input: { stateMachineArn, name: "spring-launch_1", input: sent } },
    ]);
    expect(await tables.attempts(), "what it wrote").to.deep.equal([]);
  });

  it("sends the same text for the same request in another spelling", async () => {
    const { post, calls } = setUp();
    await post(
      `\n{"metadata":{"desk":"7","region":"emea"},"startTime":"2027-03-20T19:00:00+01:00","ingestEndpoints":[{"url":"rtmps://ingest.example.com/live/secret-key","protocol":"rtmps"}],"title":"Spring launch","streamId":"spring-launch"}`,
    );
    expect(JSON.stringify(requestOfInput(JSON.parse(String(calls[0]?.input.input))))).to.equal(input);
  });

  it("refuses an endTime that is over, and takes the request of a stream that is up again", async () => {
    const request = { startTime: "2027-03-20T10:00:00Z", endTime: "2027-03-20T17:00:00Z" };
    const { post, calls } = setUp();
    const refused = await post(aRequest(request));
    expect([refused.statusCode, bodyOf(refused).issues]).to.deep.equal([
      400,
      ['endTime must be ahead, received "2027-03-20T17:00:00.000Z".'],
    ]);
    expect(calls).to.deep.equal([]);
    await tables.putAttempt({ status: "LIVE", request: normalized(aRequest(request)) });
    expect((await post(aRequest(request))).statusCode).to.equal(202);
  });

  it("takes the same request of another caller for the same, while its workflow runs", async () => {
    const requestedBy = { principal: "arn:aws:iam::111122223333:user/another", requestId: "1" };
    const { post } = setUp({
      StartExecution: () => {
        throw awsError("ExecutionAlreadyExists");
      },
      DescribeExecution: () => ({
        status: "RUNNING",
        input: JSON.stringify({ ...JSON.parse(input), requestedBy }),
        startDate: new Date("2027-03-20T17:00:00Z"),
      }),
    });
    expect((await post(aRequest())).statusCode).to.equal(202);
    expect((await post(aRequest({ title: "Other" }))).statusCode).to.equal(409);
  });

  for (const [name, status] of [
    ["FAILED", "FAILED"],
    ["COMPLETE", "COMPLETE"],
  ] as const) {
    it(`starts the next attempt after one that is ${name}`, async () => {
      await tables.putAttempt({ attempt: 9, status: "FAILED" });
      await tables.putAttempt({ attempt: 10, status, request: input });
      const { post, calls } = setUp();
      expect((await post(aRequest())).statusCode).to.equal(202);
      expect(calls[0]?.input.name).to.equal("spring-launch_11");
    });
  }

  for (const status of ["PROVISIONING", "READY", "LIVE"] as const) {
    it(`accepts the same request again while the stream is ${status}, and starts nothing`, async () => {
      await tables.putAttempt({ status, request: input });
      const { post, calls } = setUp();
      const result = await post(aRequest());
      expect(result.statusCode).to.equal(202);
      expect(bodyOf(result).acceptedAt).to.equal("2027-03-20T17:00:00.500Z");
      expect(calls).to.deep.equal([]);
    });

    it(`refuses another request while the stream is ${status}`, async () => {
      await tables.putAttempt({ attempt: 3, status, request: input });
      const { post, calls } = setUp();
      const result = await post(aRequest({ title: "Other" }));
      expect(result.statusCode).to.equal(409);
      expect(bodyOf(result).message).to.equal("The stream is already active.");
      expect(bodyOf(result).issues).to.have.length(1);
      expect(String(bodyOf(result).issues)).to.contain(`"spring-launch" is ${status} in attempt 3`);
      expect(calls).to.deep.equal([]);
    });
  }

  const exists = () => {
    throw awsError("ExecutionAlreadyExists");
  };

  it("joins the execution that a caller of the same moment started", async () => {
    const { post, calls } = setUp({
      StartExecution: exists,
      DescribeExecution: () => ({ status: "RUNNING", input, startDate }),
    });
    const result = await post(aRequest());
    expect(result.statusCode).to.equal(202);
    expect(bodyOf(result).acceptedAt).to.equal(startDate.toISOString());
    expect(calls[1]?.input).to.deep.equal({ executionArn: executionArn("spring-launch_1") });
  });

  it("refuses when that execution runs with another request", async () => {
    const { post } = setUp({
      StartExecution: exists,
      DescribeExecution: () => ({
        status: "RUNNING",
        input: normalized(aRequest({ title: "Other" })),
        startDate,
      }),
    });
    expect((await post(aRequest())).statusCode).to.equal(409);
  });

  it("takes the next number where an execution has ended", async () => {
    const { post, calls } = setUp({
      StartExecution: ({ name }) => (name === "spring-launch_3" ? { startDate } : exists()),
      DescribeExecution: () => ({ status: "FAILED", input, startDate }),
    });
    expect((await post(aRequest())).statusCode).to.equal(202);
    const names = calls.filter(({ action }) => action === "StartExecution").map((call) => call.input.name);
    expect(names).to.deep.equal(["spring-launch_1", "spring-launch_2", "spring-launch_3"]);
  });

  it("fails, and says where to look, when twenty executions have left no item", async () => {
    const { post, calls } = setUp({
      StartExecution: exists,
      DescribeExecution: () => ({ status: "ABORTED", input, startDate }),
    });
    const error = await post(aRequest()).catch(String);
    expect(error).to.contain("from attempt 1 to 20").and.contain("HandleProvisionFailure");
    expect(calls).to.have.length(40);
  });

  it("fails with AWS's error when the start fails otherwise", async () => {
    const { post } = setUp({
      StartExecution: () => {
        throw awsError("ThrottlingException");
      },
    });
    expect(await post(aRequest()).catch(String)).to.contain("ThrottlingException");
  });

  it("names every issue at once, and repeats no URL", async () => {
    const { post, calls } = setUp();
    const result = await post({
      streamId: "a b",
      startTime: "tomorrow",
      ingestEndpoints: [{ protocol: "ftp", url: "not a url" }],
      extra: true,
    });
    expect(result.statusCode).to.equal(400);
    expect(bodyOf(result)).to.deep.equal({
      message: "Validation failed.",
      issues: [
        'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "a b".',
        "title is required.",
        'startTime must be an RFC 3339 date-time, received "tomorrow".',
        "ingestEndpoints[0].protocol must be one of rtmp, rtmps, srt.",
        "ingestEndpoints[0].url must be a URI.",
        "extra is not allowed.",
      ],
    });
    expect(calls).to.deep.equal([]);
  });

  for (const [name, body] of [
    ["an absent body", undefined],
    ["an empty body", ""],
    ["no JSON", "{"],
    ["an array", []],
    ["null", "null"],
    ["a string", '"x"'],
    ["a lone surrogate", '{"title":"\ud800"}'],
  ] as const) {
    it(`calls ${name} an invalid body`, async () => {
      const result = await setUp().post(body);
      expect(result.statusCode).to.equal(400);
      expect(bodyOf(result).message).to.equal("Invalid request body.");
      expect(bodyOf(result).issues).to.have.length(1);
    });
  }

  it("reads a Base64 body, and refuses one that is not UTF-8", async () => {
    const { handle } = setUp();
    const post = (bytes: Buffer) =>
      handle({
        ...httpEvent("POST", "/streams"),
        body: bytes.toString("base64"),
        isBase64Encoded: true,
      });
    expect((await post(Buffer.from(JSON.stringify(aRequest({ title: "Frühling 🌷" }))))).statusCode).to.equal(
      202,
    );
    const broken = await post(Buffer.from(JSON.stringify(aRequest({ title: "Frühling" })), "latin1"));
    expect(broken.statusCode).to.equal(400);
    expect(bodyOf(broken)).to.deep.include({
      message: "Invalid request body.",
      issues: ["The body must be UTF-8 text."],
    });
  });

  it("counts the bytes of a body, and answers 413 above the limit", async () => {
    const { post } = setUp();
    const bare = Buffer.byteLength(JSON.stringify(aRequest({ metadata: { note: "" } })));
    // Each "é" is two bytes.
    const fitting = "é".repeat(Math.floor((largestRequestBytes - bare) / 2));
    expect((await post(aRequest({ metadata: { note: fitting } }))).statusCode).to.equal(202);
    const result = await post(aRequest({ metadata: { note: `${fitting}éé` } }));
    expect(result.statusCode).to.equal(413);
    expect(String(bodyOf(result).issues)).to.contain("at most 65536 bytes");
  });

  it("takes payload format 1.0 as well", async () => {
    const { handle } = setUp();
    expect((await handle(httpEventV1("POST", "/streams", aRequest()))).statusCode).to.equal(202);
  });

  it("logs neither URL nor metadata nor headers", async () => {
    const { post, log } = setUp();
    await post(aRequest());
    expect(log.text()).to.contain("spring-launch");
    for (const secret of ["secret-key", "emea", "AKIAEXAMPLE"]) expect(log.text()).not.to.contain(secret);
  });
});

function normalized(request: unknown): string {
  const checked = check(createStreamWorkflowRequestSchema, request);
  if (!checked.ok) throw new Error(checked.issues.join(" "));
  return JSON.stringify(normalizeRequest(checked.value));
}
