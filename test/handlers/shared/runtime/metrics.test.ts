import { expect } from "chai";
import { metricOf } from "../../../../handlers/shared/runtime/metrics";

describe("the metrics of a log line", () => {
  it("are in CloudWatch's embedded metric format", () => {
    const before = Date.now();
    const { _aws, ...members } = metricOf(
      "streams-attempts",
      { FailedAttempts: 1 },
      { State: "PersistProvisionRequest" },
    ) as {
      _aws: { Timestamp: number };
    };
    expect(_aws.Timestamp).to.be.within(before, Date.now());
    expect({ ..._aws, Timestamp: 0 }).to.deep.equal({
      Timestamp: 0,
      CloudWatchMetrics: [
        {
          Namespace: "StreamOrchestration",
          Dimensions: [["AttemptsTable", "State"]],
          Metrics: [{ Name: "FailedAttempts", Unit: "Count" }],
        },
      ],
    });
    expect(members).to.deep.equal({
      AttemptsTable: "streams-attempts",
      State: "PersistProvisionRequest",
      FailedAttempts: 1,
    });
  });

  it("may be several, and are left out where there are none", () => {
    expect(metricOf("t", { WaitingStreams: 2, ChannelsInUse: 3 })).to.include({
      WaitingStreams: 2,
      ChannelsInUse: 3,
    });
    expect(metricOf("t", {} as { WaitingStreams: number })).to.deep.equal({});
  });
});

/** Never called: the compiler reads it. */
function metricTypes(): void {
  // @ts-expect-error it has no second dimension
  metricOf("t", { RequestsRefused: 1 }, { State: "x" });
  // @ts-expect-error its dimension is State
  metricOf("t", { FailedAttempts: 1 });
  // @ts-expect-error there is no such metric
  metricOf("t", { Requests: 1 });
}
void metricTypes;
