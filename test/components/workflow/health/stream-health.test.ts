import { join } from "node:path";
import { expect } from "chai";
import { streamHealth } from "../../../../components/workflow/health/stream-health";
import { decide, settings, stateOf } from "../../../support/definition";
import { itIsWellFormed } from "../../../support/definition-suite";
import { evaluate } from "../../../support/jsonata";

const common = {
  tableName: settings.tableName,
  leaseTableName: settings.leaseTableName,
  actFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:act-on-health",
};
const restarting = streamHealth({ ...common, restarts: true });

describe("The definition of StreamHealth", () => {
  itIsWellFormed(restarting, join(__dirname, "stream-health.asl.json"));

  it("acts on nothing where the channel is up", async () => {
    for (const state of ["STARTING", "RUNNING", "RECOVERING"]) {
      expect(await decide(stateOf(restarting, "DecideDoubtfulChannel", "Choice"), { state }), state).to.equal(
        "HealthChecked",
      );
    }
    for (const state of ["IDLE", "STOPPING", "DELETED", "UPDATING"]) {
      expect(await decide(stateOf(restarting, "DecideDoubtfulChannel", "Choice"), { state }), state).to.equal(
        "HandleLostChannel",
      );
    }
  });

  it("starts a channel once, and gives up where it does not run", async () => {
    const next = (state: string, isStarted: boolean, restartTries = 0) =>
      decide(stateOf(restarting, "DecideRestart", "Choice"), { state, isStarted, restartTries });
    expect(await next("STOPPING", false)).to.equal("ClaimLostChannel");
    expect(await next("STARTING", true)).to.equal("WaitForRestart");
    expect(await next("RUNNING", true)).to.equal("RecordRestart");
    expect(await next("IDLE", true)).to.equal("HandleFailedRestart");
    expect(await next("STARTING", true, 1000)).to.equal("HandleFailedRestart");
    expect(await next("DELETED", false)).to.equal("HandleFailedRestart");
  });

  it("waits as long as a trouble may last, and no time where that is over", async () => {
    const { Seconds } = stateOf(restarting, "WaitForTrouble", "Wait");
    const wait = (minutes: number) =>
      evaluate(String(Seconds), {
        input: { since: "2027-03-20T18:00:00Z", minutes },
        states: { context: { State: { EnteredTime: "2027-03-20T18:01:00Z" } } },
      });
    expect(await wait(5)).to.equal(240);
    expect(await wait(1)).to.equal(15);
  });
});

describe("The definition of StreamHealth where a stream fails with its channel", () => {
  const failing = streamHealth({ ...common, restarts: false });
  itIsWellFormed(failing, join(__dirname, "stream-health-without-restart.asl.json"));

  it("starts no channel", () => {
    expect(JSON.stringify(failing)).to.not.contain("startChannel");
  });
});
