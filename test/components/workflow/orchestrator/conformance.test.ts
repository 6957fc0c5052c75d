import { expect } from "chai";
import type { TaskState } from "../../../../components/workflow/shared/asl";
import type { OrchestratorState } from "../../../../components/workflow/shared/settings";
import { streamLifecycleOrchestrator as contract, type StateContract } from "../../../../contracts";
import { supportingStates } from "../../../../contracts/internal";
import seed from "../../../contracts/fixtures/seed.json";
import {
  attemptSettings,
  buildDefinition,
  reachable,
  servedBy,
  statesOf,
  successors,
} from "../../../support/definition";
import { evaluate } from "../../../support/jsonata";

/**
 * The built definition against the specification's table: the supporting states are removed by making each one a part
 * of the contract state that it serves, which joins what it links. Nothing else may differ.
 */
const definition = buildDefinition({
  readinessStateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:readiness",
});
const contractStates: readonly StateContract[] = contract.states;
const supporting = new Map(supportingStates.map((state) => [state.name as string, state]));
const remaining = statesOf(definition).filter(([name]) => !supporting.has(name));

/** The states of the definition that a contract state is made of. */
const partsOf = (name: string) => statesOf(definition).filter(([part]) => servedBy(part) === name);

function task(name: string): TaskState<OrchestratorState> {
  const state = definition.States[name as OrchestratorState];
  if (state.Type !== "Task" || state.Next === undefined) throw new Error(`${name} is a ${state.Type}.`);
  return state;
}

/** The events that a state puts on the bus, as its arguments have them: as they are, or in an expression. */
function emitted(name: string): string[] {
  const text = JSON.stringify(task(name).Arguments).replaceAll("\\", "");
  const valuesOf = (member: string) =>
    [...text.matchAll(new RegExp(`"${member}": ?"([\\w.]+)"`, "g"))].map(([, value]) => value ?? "");
  const types = valuesOf("DetailType");
  expect(valuesOf("Source")).to.deep.equal(types.map(() => "com.guidogerb.streams"));
  return types;
}

/** The specification has an event with PROVISIONING, and no state that emits it. It goes out once the channel is leased. */
const provisioning: { readonly [state: string]: readonly string[] } = {
  EmitProvisionRequestedEvent: ["StreamLifecycleProgressed"],
  // PublishHeldChannel, PublishInputs
  ProvisionEncoderInfrastructure: ["StreamLifecycleProgressed", "StreamLifecycleProgressed"],
};

describe("The deployed definition, without its supporting states", () => {
  it("has the specification's states in its order, with their types", () => {
    expect(remaining.map(([name, { Type }]) => ({ name, type: Type }))).to.deep.equal(
      seed.states.map(({ name, type }) => ({ name, type })),
    );
    expect(servedBy(definition.StartAt)).to.equal(seed.states[0]?.name);
  });

  it("lists every supporting state, with its type and integration, and nothing else", () => {
    const built = statesOf(definition).flatMap(([name, state]) =>
      seed.states.some((one) => one.name === name)
        ? []
        : [{ name, type: state.Type, ...(state.Type === "Task" && { integration: state.Resource }) }],
    );
    const listed = supportingStates.map(({ serves: _, reason: __, ...state }) => state);
    expect(built).to.have.deep.members(listed);
  });

  for (const { name, type, integration, transitions, emits } of seed.states) {
    if (type !== "Task") {
      it(`ends with ${name}`, () => {
        expect(successors(definition.States[name as OrchestratorState])).to.deep.equal([]);
      });
      continue;
    }
    const state = contractStates.find((one) => one.name === name);
    const realized = state?.realizedBy ?? integration;

    describe(name, () => {
      it(`calls ${realized}`, () => expect(task(name).Resource).to.equal(realized));

      it("leads where the specification says, and nowhere else", () => {
        const targets = partsOf(name)
          .flatMap(([, part]) => successors(part).map(servedBy))
          .filter((target) => target !== name);
        expect([...new Set(targets)]).to.have.members([...new Set(Object.values(transitions ?? {}))]);
      });

      it("leads on to its success from the task itself, past no more than what it has to tidy up", () => {
        const success = transitions?.success ?? transitions?.ready;
        let next = task(name).Next;
        while (servedBy(next) === name) {
          // A part that comes after the task leads on, whatever becomes of it.
          const ways = new Set(successors(definition.States[next]));
          expect(ways, next).to.have.property("size", 1);
          [next = next] = ways;
        }
        expect(servedBy(next)).to.equal(success);
      });

      it("leads every error that is left to its failure", () => {
        const all = task(name).Catch?.at(-1);
        const failure = name === "HandleProvisionFailure" ? "WorkflowFailed" : "HandleProvisionFailure";
        expect(all?.ErrorEquals).to.deep.equal(["States.ALL"]);
        expect(servedBy(all?.Next ?? "")).to.equal(failure);
      });

      it("is not passed by", () => {
        const entries = statesOf(definition)
          .filter(([other]) => servedBy(other) !== name)
          .flatMap(([, other]) => successors(other))
          .filter((next) => servedBy(next) === name);
        const starts = name === servedBy(definition.StartAt) ? [definition.StartAt] : entries;
        // Without the state itself, its supporting states lead to a failure at most.
        const others = contractStates.map((one) => one.name).filter((one) => one !== name);
        const around = [...reachable(definition, starts, [name, ...others])].flatMap((part) =>
          successors(definition.States[part]).map(servedBy),
        );
        expect(
          around.filter((target) => target !== name && target !== "HandleProvisionFailure"),
        ).to.deep.equal([]);
      });

      if (name === "HandleProvisionFailure") {
        it("emits through its handler, which has to be its Lambda", () => {
          // The handler's own tests show that it emits the FAILED event.
          expect(emits).to.deep.equal(["StreamLifecycleProgressed"]);
          expect(JSON.stringify(task(name).Arguments)).to.contain("function:handle-failure");
          expect(
            partsOf(name).flatMap(([part, { Type }]) => (Type === "Task" ? emitted(part) : [])),
          ).to.deep.equal([]);
        });
      } else {
        it(`emits ${emits?.join() ?? "nothing"}`, () => {
          const events = partsOf(name).flatMap(([part, { Type }]) => (Type === "Task" ? emitted(part) : []));
          expect(events).to.deep.equal([...(emits ?? []), ...(provisioning[name] ?? [])]);
        });
      }
    });
  }

  describe("AwaitLifecycleConfirmation", () => {
    const wait = task("AwaitLifecycleConfirmation");

    it("waits for a task token, as long as the deployment says that gave the channel", async () => {
      expect(JSON.stringify(wait.Arguments)).to.contain("$states.context.Task.Token");
      const settings = { ...attemptSettings, confirmationTimeoutSeconds: 30 };
      expect(await evaluate(String(wait.TimeoutSeconds), { provision: { settings } })).to.equal(30);
    });

    it("leads READY to PublishReadyNotification", () => {
      expect(wait.Next).to.equal("PublishReadyNotification");
    });

    it("leads a FAILED, and a task that is sent a failure, to HandleProvisionFailure", () => {
      const decide = definition.States.DecideLifecycle;
      expect(decide.Type === "Choice" && servedBy(decide.Default)).to.equal("HandleProvisionFailure");
      expect(servedBy(wait.Catch?.at(-1)?.Next ?? "")).to.equal("HandleProvisionFailure");
    });

    it("leads a timeout to HandleProvisionFailure, unless READY was faster", () => {
      const timeout = wait.Catch?.find(({ ErrorEquals }) => ErrorEquals.includes("States.Timeout"));
      expect(timeout?.Next).to.equal("CloseConfirmation");
      const close = task("CloseConfirmation");
      expect(servedBy(close.Next)).to.equal("HandleProvisionFailure");
      expect(close.Catch?.[0]).to.deep.include({
        ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
        Next: "ReadLifecycleStatus",
      });
    });
  });
});
