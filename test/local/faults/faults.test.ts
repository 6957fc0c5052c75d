import { expect } from "chai";
import { CallGate, type ServiceCall } from "../../../local/calls/calls";
import { type CallFault, Faults } from "../../../local/faults/faults";
import type { JsonObject } from "../../../local/json";
import { Invocations } from "../../../local/lambda/invocations";
import { AwsError, PermanentDeliveryError } from "../../../local/services";
import { Deliveries } from "../../../local/wiring/deliveries";
import { SteppedClock, settled } from "../../support/stepped-clock";

const startChannel: ServiceCall = {
  caller: { kind: "state-machine", name: "streams-orchestrator-0123abc" },
  service: "MediaLive",
  action: "StartChannel",
  input: { ChannelId: "1001" },
};
const invoked = { caller: { kind: "function", name: "streams-validate-0123abc" } } as const;

describe("the faults of calls", () => {
  let gate: CallGate;
  let faults: Faults;
  let clock: SteppedClock;
  let effects: number;

  beforeEach(() => {
    gate = new CallGate();
    clock = new SteppedClock();
    effects = 0;
    faults = new Faults({
      gate,
      deliveries: new Deliveries(),
      invocations: new Invocations(),
      clock,
    });
  });

  /** Makes a call. @returns its answer, or the error's code and status. */
  async function call(changes: Partial<ServiceCall> = {}): Promise<unknown> {
    try {
      return await gate.perform({ ...startChannel, ...changes }, async () => {
        effects += 1;
        return "answer";
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return `${error.code} ${error.statusCode}`;
    }
  }

  const failing: Pick<CallFault, "service" | "action"> = { service: "MediaLive", action: "StartChannel" };

  it("fail the first call before it takes effect, and no other", async () => {
    faults.fail(failing);
    expect(await call()).to.equal("InternalServerErrorException 500");
    expect(effects).to.equal(0);
    expect(await call()).to.equal("answer");
    expect(effects).to.equal(1);
  });

  it("have calls take time, each of them unless it is said how many", async () => {
    faults.slow({ ...failing, seconds: 3 });
    const answers = [call(), call()];
    await clock.advance({ milliseconds: 2999 });
    expect(effects).to.equal(0);
    await clock.advance({ milliseconds: 1 });
    expect(await Promise.all(answers)).to.deep.equal(["answer", "answer"]);
    expect(effects).to.equal(2);
  });

  it("have a call take effect after its caller has lost its connection, even if they are cleared meanwhile", async () => {
    faults.late({ ...failing, seconds: 180 });
    expect(await call()).to.equal("SdkClientException 500");
    expect(await call()).to.equal("answer");
    expect(effects).to.equal(1);
    faults.clear();
    await clock.advance({ seconds: 179 });
    expect(effects).to.equal(1);
    await clock.advance({ seconds: 1 });
    expect(effects).to.equal(2);
  });

  it("tell nobody that a call which takes effect late is refused then", async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", note);
    faults.late({ ...failing, seconds: 180 });
    const refused = gate.perform(startChannel, async () => {
      effects += 1;
      throw new AwsError("ConflictException", "It runs.", 409);
    });
    await refused.catch(() => undefined);
    await clock.advance({ seconds: 180 });
    await settled();
    process.off("unhandledRejection", note);
    expect(effects).to.equal(1);
    expect(rejected).to.deep.equal([]);
  });

  it("hold one call back until it is released, and let the others pass", async () => {
    const held = faults.hold(failing);
    const first = call();
    expect(await call()).to.equal("answer");
    expect([held.count, effects]).to.deep.equal([1, 1]);
    held.release();
    expect(await first).to.equal("answer");
    expect(effects).to.equal(2);
  });

  it("let go what they hold when they are cleared", async () => {
    faults.hold(failing);
    const answer = call();
    await settled();
    expect(effects).to.equal(0);
    faults.clear();
    expect(await answer).to.equal("answer");
  });

  it("lose the answer of a call that took effect", async () => {
    faults.fail({ ...failing, when: "after" });
    expect(await call()).to.equal("SdkClientException 500");
    expect(effects).to.equal(1);
  });

  for (const outcome of ["answered", "refused"]) {
    it(`do something else once a call has taken effect, before its caller knows: it is ${outcome}`, async () => {
      const acts: string[] = [];
      faults.meanwhile({ ...failing, when: "after" }, async () => acts.push(`after ${effects} call`));
      if (outcome === "refused") faults.fail({ ...failing, when: "after", error: "throttle" });
      expect(await call()).to.equal(outcome === "refused" ? "TooManyRequestsException 429" : "answer");
      expect(acts).to.deep.equal(["after 1 call"]);
    });
  }

  it("begin at the nth call and last as often as they are told", async () => {
    faults.fail({ ...failing, nth: 2, times: 2, error: "throttle" });
    const answers = [await call(), await call(), await call(), await call()];
    expect(answers).to.deep.equal([
      "answer",
      "TooManyRequestsException 429",
      "TooManyRequestsException 429",
      "answer",
    ]);
  });

  for (const [service, throttle, broken] of [
    ["CloudFront", "Throttling 400", "ServiceUnavailable 503"],
    ["DynamoDB", "ProvisionedThroughputExceededException 400", "InternalServerError 500"],
    ["EventBridge", "ThrottlingException 400", "InternalException 500"],
    ["Lambda", "TooManyRequestsException 429", "ServiceException 500"],
    ["SNS", "Throttling 400", "InternalError 500"],
    ["SQS", "RequestThrottled 400", "InternalFailure 500"],
    ["StepFunctions", "ThrottlingException 400", "InternalFailure 500"],
  ] as const) {
    it(`speak as ${service} does`, async () => {
      const site = { service, action: "Any" };
      faults.fail({ ...site, error: "throttle" });
      expect(await call(site)).to.equal(throttle);
      faults.fail({ ...site, error: "5xx" });
      expect(await call(site)).to.equal(broken);
      faults.fail({ ...site, error: { code: "Own", message: "Own words.", statusCode: 418 } });
      expect(await call(site)).to.equal("Own 418");
      expect(effects).to.equal(0);
    });
  }

  it("meet the calls of one caller alone, by either of its names or by its kind", async () => {
    faults.fail({ ...failing, caller: "streams-validate", times: Infinity });
    expect(await call()).to.equal("answer");
    expect(await call(invoked)).to.equal("InternalServerErrorException 500");
    faults.clear();
    faults.fail({ ...failing, caller: "streams-validate-0123abc", times: Infinity });
    expect(await call()).to.equal("answer");
    expect(await call(invoked)).to.equal("InternalServerErrorException 500");
    faults.clear();
    faults.fail({ ...failing, caller: "state-machine" });
    expect(await call(invoked)).to.equal("answer");
    expect(await call()).to.equal("InternalServerErrorException 500");
  });

  it("meet the calls of one input alone", async () => {
    faults.fail({ ...failing, matches: (input) => (input as JsonObject).ChannelId === "1002" });
    expect(await call()).to.equal("answer");
    expect(await call({ input: { ChannelId: "1002" } })).to.equal("InternalServerErrorException 500");
  });

  it("lose the entries of PutEvents, which answers as if nothing were amiss", async () => {
    faults.loseEntries();
    const put = {
      service: "EventBridge",
      action: "PutEvents",
      input: { Entries: [{ Detail: "{}" }] },
    } as const;
    expect(await call(put)).to.deep.equal({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: "InternalFailure", ErrorMessage: "An internal error occurred." }],
    });
    expect(effects).to.equal(0);
    expect(await call(put)).to.equal("answer");
  });

  it("are taken out one by one or all at once", async () => {
    const remove = faults.fail({ ...failing, times: Infinity });
    faults.fail({ ...failing, times: Infinity, error: "throttle" });
    remove();
    expect(await call()).to.equal("TooManyRequestsException 429");
    faults.clear();
    expect(await call()).to.equal("answer");
  });

  it("refuse a count that is none", () => {
    for (const turns of [{ nth: 0 }, { nth: 1.5 }, { nth: Infinity }, { times: 0 }, { times: Number.NaN }]) {
      expect(() => faults.fail({ ...failing, ...turns })).to.throw(RangeError, "whole number from 1");
    }
  });

  it("stand in the log beside the calls that went well", async () => {
    faults.fail({ ...failing, nth: 2 });
    await call();
    await call();
    await call({ caller: { ...invoked.caller, invocationId: "0af7651916cd43dd8448eb21" } });
    const machine = { caller: "streams-orchestrator-0123abc", kind: "state-machine" };
    expect(faults.calls()).to.deep.equal([
      { ...failing, ...machine, outcome: "answered" },
      { ...failing, ...machine, outcome: "InternalServerErrorException" },
      {
        ...failing,
        ...{ caller: "streams-validate-0123abc", kind: "function" },
        ...{ invocationId: "0af7651916cd43dd8448eb21", outcome: "answered" },
      },
    ]);
  });
});

describe("the faults of deliveries", () => {
  const targetArn = "arn:aws:lambda:us-east-1:000000000000:function:streams-resume-0123abc";
  let clock: SteppedClock;
  let deliveries: Deliveries;
  let faults: Faults;
  let arrived: string[];

  beforeEach(() => {
    clock = new SteppedClock();
    deliveries = new Deliveries();
    arrived = [];
    faults = new Faults({ gate: new CallGate(), deliveries, invocations: new Invocations(), clock });
  });

  function deliver(status: string, target = targetArn): Promise<void> {
    const event = { "detail-type": "StreamLifecycleProgressed", detail: { status } };
    return deliveries.perform({ targetArn: target, event }, async () => {
      arrived.push(status);
    });
  }

  it("put a delivery off by the clock", async () => {
    faults.delay({ seconds: 60 });
    const late = deliver("READY");
    await deliver("LIVE");
    await clock.advance({ seconds: 59 });
    expect(arrived).to.deep.equal(["LIVE"]);
    await clock.advance({ seconds: 1 });
    await late;
    expect(arrived).to.deep.equal(["LIVE", "READY"]);
  });

  it("make a delivery twice", async () => {
    faults.duplicate();
    await deliver("READY");
    expect(arrived).to.deep.equal(["READY", "READY"]);
  });

  it("turn the order of deliveries around", async () => {
    faults.reorder({ count: 3 });
    await Promise.all(["READY", "LIVE", "COMPLETE"].map((status) => deliver(status)));
    expect(arrived).to.deep.equal(["COMPLETE", "LIVE", "READY"]);
  });

  it("let go what is held back once they are cleared", async () => {
    faults.reorder({ count: 3 });
    const held = [deliver("READY"), deliver("LIVE")];
    await settled();
    expect(arrived).to.deep.equal([]);
    faults.clear();
    await Promise.all(held);
    expect(arrived).to.deep.equal(["LIVE", "READY"]);
  });

  it("refuse a delivery for now, or for good", async () => {
    faults.refuse({ nth: 1 });
    faults.refuse({ forGood: true, nth: 1 });
    const errors: unknown[] = [];
    for (let count = 0; count < 3; count += 1) await deliver("READY").catch((error) => errors.push(error));
    expect(errors.map((error) => error instanceof PermanentDeliveryError)).to.deep.equal([false, true]);
    expect(arrived).to.deep.equal(["READY"]);
  });

  it("meet the deliveries to one target, of one type and with one detail alone", async () => {
    faults.refuse({ target: "streams-resume", times: Infinity, matches: ({ status }) => status === "READY" });
    faults.refuse({ detailType: "StreamProvisionRequested", times: Infinity });
    await deliver("LIVE");
    await deliver("READY", targetArn.replace("resume", "other"));
    expect(arrived).to.deep.equal(["LIVE", "READY"]);
    let refused = false;
    await deliver("READY").catch(() => {
      refused = true;
    });
    expect(refused).to.equal(true);
  });
});
