import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { StateMachineDefinition, TaskState } from "../../components/workflow/shared/asl";
import { functionDied } from "../../components/workflow/shared/retriers";
import { checkDefinition } from "../../local/wiring/check-definition";
import { validateDefinition } from "./asl-validator";
import { groupsOf, reachable, statesOf, successors, tasksOf } from "./definition";

/** What the errors of an integration begin with: an optimized integration spells some services another way. */
const errorPrefixes: readonly [integration: RegExp, prefix: string][] = [
  [/:::lambda:/, "Lambda."],
  [/:::dynamodb:/, "DynamoDB."],
  [/:::events:/, "EventBridge."],
  [/:::sns:/, "SNS."],
  [/:::sqs:/, "SQS."],
  [/:::aws-sdk:dynamodb:/, "DynamoDb."],
  [/:::aws-sdk:cloudfront:/, "CloudFront."],
  [/:::aws-sdk:medialive:/, "MediaLive."],
  [/:::aws-sdk:scheduler:/, "Scheduler."],
  [/:::aws-sdk:sfn:/, "Sfn."],
];

const prefixOf = (resource: string) => errorPrefixes.find(([integration]) => integration.test(resource))?.[1];

const errorsOf = ({ Retry = [], Catch = [] }: TaskState<string>) =>
  [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals);

/** Names that are no service's: what the optimized integrations made up themselves, and what Lambda says of a function that died. */
const ownNames: readonly string[] = ["EventBridge.FailedEntry", ...functionDied];

/**
 * What holds for every definition that is shipped: StreamLifecycleOrchestrator, StreamTeardown and StreamSweep.
 *
 * @param file the committed definition. `UPDATE=1 npx mocha` writes it anew; read the diff.
 */
export function itIsWellFormed<TName extends string>(
  definition: StateMachineDefinition<TName>,
  file: string,
): void {
  const groups = groupsOf(definition);

  it("is the committed one", () => {
    const text = `${JSON.stringify(definition, null, 2)}\n`;
    if (process.env.UPDATE === "1") writeFileSync(file, text);
    expect(JSON.parse(text)).to.deep.equal(JSON.parse(readFileSync(file, "utf8")));
  });

  it("is valid ASL", () => {
    expect(validateDefinition(definition)).to.deep.equal([]);
  });

  it("passes the check of integrations, expressions and variables", () => {
    expect(checkDefinition(definition)).to.deep.equal([]);
  });

  it("reaches every state", () => {
    for (const group of groups) {
      const all = statesOf(group).map(([name]) => name);
      expect([...reachable(group, [group.StartAt])]).to.have.members(all);
    }
  });

  it("never leaves a state without a way to an end", () => {
    for (const group of groups) {
      for (const [name] of statesOf(group)) {
        const ends = [...reachable(group, [name])].filter(
          (end) => successors(group.States[end]).length === 0,
        );
        expect(ends, name).to.not.deep.equal([]);
      }
    }
  });

  it("uses no member of ASL's older query language", () => {
    expect(definition.QueryLanguage).to.equal("JSONata");
    for (const [name, state] of groups.flatMap((group): [string, object][] => statesOf(group))) {
      expect(state, name).to.not.have.any.keys(
        "Parameters",
        "ResultPath",
        "InputPath",
        "ResultSelector",
        "OutputPath",
      );
    }
  });

  for (const [name, task] of tasksIn(definition)) {
    describe(name, () => {
      it("catches every error last, if it does", () => {
        for (const [index, { ErrorEquals }] of (task.Catch ?? []).entries()) {
          if (!ErrorEquals.includes("States.ALL")) continue;
          expect(ErrorEquals).to.deep.equal(["States.ALL"]);
          expect(index).to.equal((task.Catch ?? []).length - 1);
        }
      });

      it("names errors the way its integration does", () => {
        const prefix = prefixOf(task.Resource);
        expect(prefix, task.Resource).to.not.equal(undefined);
        for (const error of errorsOf(task)) {
          if (error.startsWith("States.") || ownNames.includes(error)) continue;
          // A function's own error has the name that the function gave it.
          if (prefix === "Lambda." && !error.includes(".")) continue;
          expect(error.startsWith(prefix ?? "none"), error).to.equal(true);
          expect(error).to.match(/Exception$/);
        }
      });
    });
  }
}

function tasksIn<TName extends string>(
  definition: StateMachineDefinition<TName>,
): readonly [string, TaskState<string>][] {
  return groupsOf(definition).flatMap((group) => tasksOf(group));
}

/**
 * What also holds for StreamTeardown and StreamSweep, whose Tasks all answer at once. The orchestrator waits for people, and
 * has a test of its own for its timeouts and retries.
 *
 * @param file see `itIsWellFormed`.
 */
export function itIsInOrder<TName extends string>(
  definition: StateMachineDefinition<TName>,
  file: string,
): void {
  itIsWellFormed(definition, file);

  it("ends by itself, should everything else fail", () => {
    expect(definition.TimeoutSeconds).to.be.within(1, 86_400);
  });

  for (const [name, task] of tasksIn(definition)) {
    describe(name, () => {
      it("has a timeout, and is repeated after it", () => {
        expect(task.TimeoutSeconds).to.be.within(1, 900);
        expect((task.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals)).to.include("States.Timeout");
      });

      it("repeats what may pass, and never a failed expression", () => {
        const retried = (task.Retry ?? []).flatMap(({ MaxAttempts, ErrorEquals }) =>
          MaxAttempts === 0 ? [] : ErrorEquals,
        );
        expect(retried).to.not.include("States.ALL");
        expect(retried).to.not.include("States.QueryEvaluationError");
        expect(retried.filter((error) => !error.startsWith("States."))).to.not.deep.equal([]);
      });
    });
  }
}
