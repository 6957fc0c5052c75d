import { join } from "node:path";
import { expect } from "chai";
import type { ChoiceState } from "../../../../components/workflow/shared/asl";
import type { OrchestratorState } from "../../../../components/workflow/shared/settings";
import { streamLifecycleOrchestrator } from "../../../../contracts";
import { validateDefinition } from "../../../support/asl-validator";
import {
  buildDefinition,
  catchersOf,
  reachable,
  servedBy,
  settings,
  stateOf,
  statesOf,
  successors,
  tasksOf,
} from "../../../support/definition";
import { itIsWellFormed } from "../../../support/definition-suite";

/** Built for the settings in `test/support/definition.ts`. `UPDATE=1 npx mocha` writes it anew; read the diff. */
const file = join(__dirname, "stream-lifecycle-orchestrator.asl.json");
const definition = buildDefinition();
const compensations = [
  "ReturnPlaybackPlace",
  "DecidePlaybackRemoval",
  "AcquireRemovalTurn",
  "ReleaseRemovalTurn",
  "HandleProvisionFailure",
];
/**
 * States whose failure does not fail the attempt: a lock expires, the sweep does later what the state did not, a place goes with the lease, and
 * the attempt makes its update itself where nobody makes it for the attempt.
 */
const dispensable = [
  "ReturnPlaybackPlace",
  "RequestPlaybackEntry",
  "ReadPlaybackUpdates",
  "ReleasePlaybackTurn",
  "ScheduleLiveLimit",
  "AcquireRemovalTurn",
  "ReadRemovalUpdates",
  "ReleaseRemovalTurn",
  "ForgetEncoderStart",
];
/** The reads that tell whether another execution has made the attempt's update, and the state that takes the lock where they fail. */
const looks: { readonly [name: string]: OrchestratorState } = {
  ReadPlaybackRequest: "AcquirePlaybackTurn",
  ReadPlaybackRemoval: "AcquireRemovalTurn",
};

describe("The definition of StreamLifecycleOrchestrator", () => {
  itIsWellFormed(definition, file);

  it("is checked by a validator that finds what is wrong", () => {
    const { StartAt: _, ...wrong } = definition;
    expect(validateDefinition(wrong)).to.not.deep.equal([]);
  });

  for (const [name, task] of tasksOf(definition)) {
    describe(name, () => {
      it("has a timeout and retries", () => {
        // A scheduled start waits for its time, as the expression says.
        if (name === "HoldUntilLeadTime") expect(task.TimeoutSeconds).to.contain("$provision.heldUntil");
        else if (name === "AwaitLifecycleConfirmation") {
          expect(task.TimeoutSeconds).to.contain("$provision.settings.confirmationTimeoutSeconds");
        } else expect(task.TimeoutSeconds).to.be.within(1, 900);
        expect(task.Retry?.length).to.be.above(0);
      });

      it("catches every error, last", () => {
        const all = (task.Catch ?? []).flatMap(({ ErrorEquals }, index) =>
          ErrorEquals.includes("States.ALL") ? [index] : [],
        );
        expect(all).to.deep.equal([(task.Catch ?? []).length - 1]);
        expect(task.Catch?.at(-1)?.ErrorEquals).to.deep.equal(["States.ALL"]);
      });

      it("retries everything last, and never a failed expression", () => {
        for (const [index, { ErrorEquals }] of (task.Retry ?? []).entries()) {
          if (!ErrorEquals.includes("States.ALL")) continue;
          expect(ErrorEquals).to.deep.equal(["States.ALL"]);
          expect(index).to.equal((task.Retry ?? []).length - 1);
          const before = (task.Retry ?? []).slice(0, index);
          expect(
            before.some(
              (one) => one.ErrorEquals.includes("States.QueryEvaluationError") && one.MaxAttempts === 0,
            ),
          ).to.equal(true);
        }
      });
    });
  }

  it("never repeats an update of the distribution that was refused for its ETag", () => {
    for (const [name, { Resource, Retry = [], Catch = [] }] of tasksOf(definition)) {
      if (!Resource.endsWith(":updateDistribution")) continue;
      const stale = ["CloudFront.PreconditionFailedException", "CloudFront.InvalidIfMatchVersionException"];
      expect(
        Retry.flatMap(({ ErrorEquals }) => ErrorEquals),
        name,
      ).to.not.include.members(stale);
      expect(Catch[0]?.ErrorEquals, name).to.deep.equal(stale);
      const back = [...reachable(definition, Catch[0] ? [Catch[0].Next] : [], [name])];
      expect(
        back.some(
          (one) =>
            "Resource" in definition.States[one] &&
            definition.States[one].Resource.endsWith(":getDistributionConfig"),
        ),
        name,
      ).to.equal(true);
    }
  });

  describe("tells HandleProvisionFailure of a failure", () => {
    const failing = catchersOf(definition).filter(
      ([name, { ErrorEquals }]) =>
        servedBy(name) !== "HandleProvisionFailure" &&
        !dispensable.includes(name) &&
        !(name in looks) &&
        // After a refused update of many, each attempt makes its own, and meets the error itself.
        name !== "ConfigurePlaybackBatch" &&
        // What MediaLive says of a source is masked.
        name !== "SetInputSources" &&
        // A configuration that is too large is a refusal with an error of its own.
        !(name === "ReadPlaybackCapacity" && ErrorEquals.includes("States.DataLimitExceeded")) &&
        (ErrorEquals.includes("States.ALL") || ErrorEquals.includes("States.DataLimitExceeded")),
    );

    for (const [name, { ErrorEquals, Next, Assign }] of failing) {
      it(`in ${name} (${ErrorEquals.join()}), with the state, the error and the cause`, () => {
        expect(servedBy(Next)).to.equal("HandleProvisionFailure");
        expect(compensations).to.include(Next);
        expect(Assign?.failure).to.deep.equal({
          state: name,
          error: "{% $states.errorOutput.Error %}",
          cause: '{% ($exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : "") %}',
        });
        expect(Assign?.leftovers).to.deep.equal([]);
      });
    }

    it("wherever a decision ends in one", () => {
      const deciding = statesOf(definition).filter(
        ([name, state]) =>
          servedBy(name) !== "HandleProvisionFailure" &&
          state.Type !== "Task" &&
          successors(state).some((next) => servedBy(next) === "HandleProvisionFailure"),
      );
      expect(deciding.map(([name]) => name)).to.have.members([
        "DecidePlaybackCapacity",
        "DecideChannelState",
        "DecideInputSources",
        "DecidePlaybackOwner",
        "DecidePlaybackBatch",
        "DecidePlaybackRetry",
        "DecideLifecycle",
      ]);
      for (const [name, state] of deciding) {
        const { Assign, Choices } = state as ChoiceState<OrchestratorState>;
        // The catcher that leads to it has noted the failure.
        if (name === "DecidePlaybackBatch") continue;
        const [failure] = [Assign, ...Choices.map((rule) => rule.Assign)].flatMap(
          (assign) => assign?.failure ?? [],
        );
        expect(failure, name).to.have.all.keys("state", "error", "cause");
      }
    });

    it("with what was provisioned, which is null until the request was validated", () => {
      const [validate] = catchersOf(definition);
      expect(validate?.[0]).to.equal("ValidateProvisionRequest");
      expect(validate?.[1].Assign).to.include({ provision: null });
      const { Arguments } = definition.States.HandleProvisionFailure as { Arguments?: object };
      expect(Arguments).to.deep.nested.include({
        "Payload.failure": "{% $failure %}",
        "Payload.provision":
          '{% $provision = null ? null : { "request": { "streamId": $provision.request.streamId }, "attempt": $provision.attempt, "channel": $provision.channel } %}',
        "Payload.request": "{% $states.context.Execution.Input %}",
        "Payload.leftovers": "{% $leftovers %}",
        "Payload.abandoned": "{% $abandoned %}",
      });
    });

    it("past whatever fails while it is undone, noting what was left", () => {
      const undoing = catchersOf(definition).filter(
        ([name, { ErrorEquals }]) =>
          servedBy(name) === "HandleProvisionFailure" &&
          name !== "HandleProvisionFailure" &&
          !dispensable.includes(name) &&
          !(name in looks) &&
          ErrorEquals.includes("States.ALL"),
      );
      expect(undoing.map(([name]) => name)).to.have.members([
        "RequestPlaybackRemoval",
        "ReadPlaybackEntry",
        "RemovePlaybackEntry",
        "RecordPlaybackUpdate",
        "ConfirmLease",
        "StopEncoderChannel",
        "ReadStoppingChannel",
        "RecordEncoderStart",
      ]);
      for (const [name, { Next, Assign }] of undoing) {
        expect(servedBy(Next), name).to.equal("HandleProvisionFailure");
        expect(Assign?.leftovers, name).to.match(/^\{% \[\$leftovers, /);
      }
    });
  });

  it("undoes the playback entry before the channel, and nothing where nothing was begun", () => {
    const entries = (name: string) =>
      catchersOf(definition)
        .filter(([state, { ErrorEquals }]) => state === name && ErrorEquals.includes("States.ALL"))
        .map(([, { Next }]) => Next);
    expect(
      ["ValidateProvisionRequest", "PersistProvisionRequest", "EmitProvisionRequestedEvent"].flatMap(entries),
    ).to.deep.equal(["HandleProvisionFailure", "HandleProvisionFailure", "HandleProvisionFailure"]);
    expect(["ProvisionEncoderInfrastructure", "ReadPlaybackConfiguration"].flatMap(entries)).to.deep.equal([
      "ReleaseRemovalTurn",
      "DecidePlaybackRemoval",
    ]);
    // First the attempt withdraws what it asked others to add.
    expect(successors(definition.States.DecidePlaybackRemoval)).to.deep.equal([
      "AcquireRemovalTurn",
      "ReleaseRemovalTurn",
    ]);
    const late = [
      "ConfigurePlaybackEndpoints",
      "AwaitLifecycleConfirmation",
      "PublishReadyNotification",
      "RecordCompletion",
    ];
    for (const name of late) expect(entries(name), name).to.deep.equal(["AcquireRemovalTurn"]);
    expect([...reachable(definition, ["AcquireRemovalTurn"])]).to.include("DecideChannelStop");
    // DecideRemovalMarks leads there after a refused update of many alone, and a cleanup begins without one.
    const released = reachable(definition, ["ReleaseRemovalTurn"], ["DecideRemovalMarks"]);
    expect([...released]).to.not.include("ReadPlaybackEntry");
  });

  it("takes everything of its place off the lease where the request is refused", () => {
    const update = (name: OrchestratorState) =>
      (stateOf(definition, name, "Task").Arguments as { UpdateExpression: string }).UpdateExpression;
    const written = [...update("ReservePlaybackPlace").matchAll(/(\w+) = /g)].map(([, name]) => name);
    expect(written).to.include("originId");
    expect(update("ReturnPlaybackPlace")).to.equal(`REMOVE ${written.join(", ")}`);
  });

  it("goes on to the lock where it cannot tell whether its update was made", () => {
    for (const [name, Next] of Object.entries(looks)) {
      const { Catch } = definition.States[name as OrchestratorState] as { Catch?: unknown };
      expect(Catch, name).to.deep.equal([{ ErrorEquals: ["States.ALL"], Output: {}, Next }]);
    }
  });

  it("goes on past what it can do without", () => {
    for (const name of dispensable) {
      const all = catchersOf(definition).filter(
        ([state, { ErrorEquals }]) => state === name && ErrorEquals.includes("States.ALL"),
      );
      const task = definition.States[name as OrchestratorState] as { Next: string };
      expect(
        all.map(([, { Next }]) => Next),
        name,
      ).to.deep.equal([task.Next]);
    }
  });

  it("has no state of the distribution where nothing updates it, and every other state", () => {
    const own = buildDefinition({ playback: { ...settings.playback, update: "none", distributionId: "" } });
    expect(validateDefinition(own)).to.deep.equal([]);
    const all = statesOf(own).map(([name]) => name);
    expect([...reachable(own, [own.StartAt])]).to.have.members(all);
    expect(JSON.stringify(own)).to.not.contain("cloudfront");
    expect(
      streamLifecycleOrchestrator.states.map(({ name }) => name).filter((name) => !all.includes(name)),
    ).to.deep.equal(["ConfigurePlaybackEndpoints"]);
  });

  it("keeps ingest endpoints out of the event where it is told to", () => {
    const detail = (includeIngestEndpoints: boolean) =>
      JSON.stringify(buildDefinition({ includeIngestEndpoints }).States.EmitProvisionRequestedEvent);
    expect(detail(true)).to.not.contain("ingestEndpoints");
    expect(detail(false)).to.contain('$member != \\"ingestEndpoints\\"');
  });

  it("holds nothing of a deployment that the next may change: a scheduled start keeps it for months", () => {
    const { distributionId } = settings.playback;
    const { DecidePlaybackCapacity, ...states } = definition.States;
    // A comment, for the local runtime's quotas.
    expect(DecidePlaybackCapacity.Comment).to.include(distributionId);
    const text = JSON.stringify([states, { ...DecidePlaybackCapacity, Comment: "" }]);
    for (const changing of [distributionId, settings.playback.cachePolicyId, '"channels"', "7654321"]) {
      expect(text).to.not.include(changing);
    }
  });
});
