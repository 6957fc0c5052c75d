import { expect } from "chai";
import { Recorder } from "../../cli/console/recorder";
import { streamIdsIn } from "../../cli/console/stream-ids";
import { type Caller, CallGate } from "../../local/calls/calls";

const machine: Caller = {
  ...{
    kind: "state-machine",
    name: "streams-StreamTeardown-115bf04",
    roleArn: "arn:aws:iam::000000000000:role/r",
  },
  executionArn: "arn:aws:states:us-east-1:000000000000:execution:streams-StreamTeardown-115bf04:x",
};

describe("what the console keeps of a runtime", () => {
  const recorder = new Recorder(() => Date.parse("2026-11-22T18:00:00Z"));
  const gate = new CallGate();
  recorder.attach(gate, () => undefined);
  const permission = { action: "medialive:StopChannel", resource: "arn:of:channel", context: {} };
  const call = { caller: machine, service: "MediaLive", action: "StopChannel", input: {} } as const;

  it("is each call with the decisions on it, and how it ended", async () => {
    recorder.onAuthorization({ caller: machine, permission, decision: "allowed" });
    await gate.perform(call, async () => "stopped");
    const lost = gate.perform(call, () => Promise.reject(new TypeError("a fault of the runtime")));
    await lost.catch(() => undefined);
    const { action, resource } = permission;
    expect(recorder.calls.map(({ outcome, decisions }) => [outcome, decisions])).to.deep.equal([
      ["answered", [{ action, resource, decision: "allowed" }]],
      ["InternalFailure", []],
    ]);
  });

  it("is a call that IAM refused, which no service saw", () => {
    recorder.onAuthorization({ caller: machine, permission, decision: "not allowed" });
    expect(recorder.calls.at(-1)).to.deep.include({
      ...{ service: "medialive", action: "StopChannel", outcome: "AccessDenied", kind: "state-machine" },
      decisions: [{ action: permission.action, resource: permission.resource, decision: "not allowed" }],
    });
  });

  it("is the latest 2,000 of each kind", () => {
    for (let number = 0; number < 2100; number += 1) recorder.onBusEvent("bus", { number });
    expect([recorder.events.length, recorder.events[0]?.event]).to.deep.equal([2000, { number: 100 }]);
  });
});

describe("the streams that a call names", () => {
  for (const [what, text, ids] of [
    ["a member", '{"streamId":"spring-launch","title":"streamId"}', ["spring-launch"]],
    ["an attribute of an item", '{"Key":{"streamId":{"S":"spring-launch"}}}', ["spring-launch"]],
    [
      "JSON within JSON",
      JSON.stringify({ Detail: JSON.stringify({ streamId: "spring-launch" }) }),
      ["spring-launch"],
    ],
    [
      "an execution",
      '"arn:aws:states:us-east-1:1:execution:streams-S-1:spring-launch_12"',
      ["spring-launch"],
    ],
    ["several, each once", '[{"streamId":"one"},{"streamId":"two"},{"streamId":"one"}]', ["one", "two"]],
    ["what is no stream", '{"streamId":"a b"}', []],
  ] as const) {
    it(`are found in ${what}`, () => expect(streamIdsIn(text)).to.deep.equal(ids));
  }
});
