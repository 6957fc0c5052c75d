import { expect } from "chai";
import { createGetHealthStatus } from "../../handlers/get-health-status";
import { type Actions, awsError, type Call, fakeClient, recordingLog } from "./support/fakes";
import { bodyOf, httpEvent } from "./support/http-events";
import { stateMachineArn } from "./support/tables";

const start = Date.parse("2027-03-20T17:00:00.000Z");

const well: Actions = {
  DescribeTable: () => ({ Table: { TableStatus: "ACTIVE" } }),
  DescribeStateMachine: () => ({ status: "ACTIVE" }),
  DescribeEventBus: () => ({ Name: "streams" }),
};

function setUp(actions: Actions) {
  const calls: Call[] = [];
  const log = recordingLog();
  const clock = { now: start };
  const limits: number[] = [];
  const deadlines: AbortController[] = [];
  const handle = createGetHealthStatus({
    dynamodb: fakeClient(actions, calls),
    sfn: fakeClient(actions, calls),
    events: fakeClient(actions, calls),
    tableName: "attempts",
    stateMachineArn,
    eventBusName: "streams",
    now: () => clock.now,
    deadline: (milliseconds) => {
      limits.push(milliseconds);
      const controller = new AbortController();
      deadlines.push(controller);
      return controller.signal;
    },
    log,
  });
  return { get: () => handle(httpEvent("GET", "/health")), handle, calls, clock, limits, deadlines, log };
}

describe("GET /health", () => {
  it("is ok while the table is changed, which serves as before", async () => {
    const { get } = setUp({ ...well, DescribeTable: () => ({ Table: { TableStatus: "UPDATING" } }) });
    expect(bodyOf(await get())).to.include({ status: "ok" });
  });

  it("is ok when table, state machine and bus are there", async () => {
    const { get, calls, limits } = setUp(well);
    const result = await get();
    expect(result.statusCode).to.equal(200);
    expect(result.headers).to.deep.equal({ "Content-Type": "application/json" });
    const observedAt = "2027-03-20T17:00:00.000Z";
    expect(bodyOf(result)).to.deep.equal({
      status: "ok",
      services: [
        { name: "table", state: "ready", observedAt },
        { name: "state-machine", state: "ready", observedAt },
        { name: "event-bus", state: "ready", observedAt },
      ],
    });
    expect(calls.map(({ input }) => input)).to.deep.equal([
      { TableName: "attempts" },
      { stateMachineArn },
      { Name: "streams" },
    ]);
    expect(limits).to.deep.equal([2000, 2000, 2000]);
  });

  it("is degraded, and keeps the reason to itself, when a service fails", async () => {
    const { get, log } = setUp({
      ...well,
      DescribeEventBus: () => {
        throw awsError("ResourceNotFoundException", "Event bus streams does not exist in 111122223333.");
      },
    });
    const result = await get();
    expect(result.statusCode).to.equal(503);
    expect(bodyOf(result).status).to.equal("degraded");
    expect(bodyOf(result).services).to.have.deep.nested.property("[2].state", "unavailable");
    expect(result.body).not.to.contain("111122223333");
    expect(log.text()).to.contain("ResourceNotFoundException");
  });

  it("is degraded while the state machine is being deleted", async () => {
    const { get } = setUp({ ...well, DescribeStateMachine: () => ({ status: "DELETING" }) });
    expect((await get()).statusCode).to.equal(503);
  });

  it("does not wait for a service that does not answer", async () => {
    const { get, deadlines } = setUp({ ...well, DescribeTable: () => new Promise(() => {}) });
    const answer = get();
    for (const deadline of deadlines) deadline.abort();
    expect(bodyOf(await answer).services).to.have.deep.nested.property("[0].state", "unavailable");
  });

  it("keeps an answer for five seconds", async () => {
    const { get, calls, clock } = setUp(well);
    await get();
    clock.now += 4_999;
    await get();
    expect(calls).to.have.length(3);
    clock.now += 1;
    expect(bodyOf(await get()).services).to.have.deep.nested.property(
      "[0].observedAt",
      "2027-03-20T17:00:05.000Z",
    );
    expect(calls).to.have.length(6);
  });

  for (const method of ["HEAD", "POST"]) {
    it(`answers ${method} with 405`, async () => {
      const { handle, calls } = setUp(well);
      const result = await handle(httpEvent(method, "/health"));
      expect(result.statusCode).to.equal(405);
      expect(result.headers).to.include({ Allow: "GET", "Content-Type": "application/json" });
      expect(bodyOf(result)).to.deep.equal({ message: `${method} not allowed. Expected GET.` });
      expect(calls).to.deep.equal([]);
    });
  }
});
