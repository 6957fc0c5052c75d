import { expect } from "chai";
import { Scheduler } from "../../../../local/services/scheduler/scheduler";
import { SteppedClock } from "../../../support/stepped-clock";
import { accountId, region, startServer, type TestServer } from "../../support/test-server";

describe("EventBridge Scheduler over REST-JSON", () => {
  const clock = new SteppedClock();
  const service = new Scheduler({
    ...{ clock, region, accountId },
    deliver: async () => {},
    deadLetter: async () => {},
  });
  let server: TestServer;
  before(async () => {
    server = await startServer({ Scheduler: service });
  });
  after(() => {
    service.stop();
    return server.close();
  });

  /** The SDK's client is not among the project's libraries: this is what it sends. */
  async function send(method: string, path: string, body?: object) {
    const response = await fetch(`${server.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const error = response.headers.get("x-amzn-errortype");
    return { status: response.status, error, body: (await response.json()) as object };
  }

  it("creates, shows, lists and deletes schedules", async () => {
    const created = await send("POST", "/schedules/limit", {
      ScheduleExpression: "rate(1 day)",
      FlexibleTimeWindow: { Mode: "OFF" },
      State: "DISABLED",
      Target: {
        Arn: `arn:aws:states:${region}:${accountId}:stateMachine:m`,
        RoleArn: "arn:aws:iam::1:role/r",
      },
    });
    const Arn = `arn:aws:scheduler:${region}:${accountId}:schedule/default/limit`;
    expect(created).to.deep.equal({ status: 200, error: null, body: { ScheduleArn: Arn } });
    expect((await send("GET", "/schedules/limit?groupName=default")).body).to.include({
      Arn,
      State: "DISABLED",
    });
    expect((await send("GET", "/schedules?NamePrefix=li")).body).to.have.nested.property(
      "Schedules[0].Arn",
      Arn,
    );
    expect((await send("DELETE", "/schedules/limit?clientToken=1")).status).to.equal(200);
    expect((await send("GET", "/schedules?ScheduleGroup=default")).body).to.deep.equal({ Schedules: [] });
  });

  it("answers with Scheduler's errors", async () => {
    const gone = await send("GET", "/schedules/gone");
    expect([gone.status, gone.error]).to.deep.equal([404, "ResourceNotFoundException"]);
    expect(gone.body).to.deep.equal({ Message: "Schedule gone does not exist." });
    const other = await send("GET", "/schedules?MaxResults=1");
    expect([other.status, other.error]).to.deep.equal([400, "ValidationException"]);
    const update = await send("PUT", "/schedules/limit", {});
    expect(update.body).to.deep.equal({
      Message: "The local runtime does not serve Scheduler PUT /schedules/limit.",
    });
  });
});
