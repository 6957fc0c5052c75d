import { expect } from "chai";
import type { TaskState } from "../../../../components/workflow/shared/asl";
import { functionDied } from "../../../../components/workflow/shared/retriers";
import { buildDefinition, buildSweep, buildTeardown, groupsOf, tasksOf } from "../../../support/definition";

/**
 * What an integration calls an error that it has no other name for, by what follows `arn:aws:states:::` in a `Resource`: the base
 * exception of the AWS SDK for Java 1 behind an optimized integration, of version 2 behind an SDK integration.
 */
const catchAll: { readonly [service: string]: string } = {
  lambda: "Lambda.AWSLambdaException",
  dynamodb: "DynamoDB.AmazonDynamoDBException",
  events: "EventBridge.AmazonEventBridgeException",
  sns: "SNS.AmazonSNSException",
  "aws-sdk:dynamodb": "DynamoDb.DynamoDbException",
  "aws-sdk:medialive": "MediaLive.MediaLiveException",
  "aws-sdk:cloudfront": "CloudFront.CloudFrontException",
  "aws-sdk:scheduler": "Scheduler.SchedulerException",
  "aws-sdk:sfn": "Sfn.SfnException",
};

const serviceOf = ({ Resource }: TaskState<string>) =>
  /^arn:aws:states:::(.+):\w+(\.\w+)?$/.exec(Resource)?.[1] ?? "";

/** How often a Task is repeated after an error: the first retrier that names it decides, and States.ALL names nearly all. */
function retriesAfter({ Retry = [] }: TaskState<string>, error: string): number {
  const retrier = Retry.find(
    ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes("States.ALL"),
  );
  return retrier === undefined ? 0 : (retrier.MaxAttempts ?? 3);
}

/** With every state there is. */
const definitions = {
  StreamLifecycleOrchestrator: buildDefinition(),
  StreamTeardown: buildTeardown({ graceMinutes: 5 }),
  StreamSweep: buildSweep(),
};

describe("Each Task of a workflow", () => {
  for (const [machine, definition] of Object.entries(definitions)) {
    const tasks = groupsOf<string>(definition).flatMap((group) => tasksOf(group));

    describe(`of ${machine}`, () => {
      it("is repeated after an error that its service has no other name for", () => {
        for (const [name, task] of tasks) {
          const error = catchAll[serviceOf(task)];
          expect(error, `${name}: ${task.Resource}`).to.be.a("string");
          expect(retriesAfter(task, error ?? ""), `${name}: ${error}`).to.be.at.least(2);
        }
      });

      it("is repeated after each error that says that the function died", () => {
        const invocations = tasks.filter(([, task]) => serviceOf(task) === "lambda");
        for (const [name, task] of invocations) {
          for (const error of functionDied) {
            expect(retriesAfter(task, error), `${name}: ${error}`).to.be.at.least(2);
          }
        }
        expect(invocations.length).to.equal(
          { StreamLifecycleOrchestrator: 3, StreamTeardown: 0, StreamSweep: 1 }[machine],
        );
      });

      it("is not repeated where its own catcher is to decide", () => {
        for (const [name, { Retry = [], Catch = [] }] of tasks) {
          const repeated = Retry.flatMap(({ ErrorEquals, MaxAttempts }) =>
            MaxAttempts === 0 ? [] : ErrorEquals,
          );
          const decided = Catch.flatMap(({ ErrorEquals }) => ErrorEquals).filter(
            (error) => !error.startsWith("States."),
          );
          for (const error of decided) expect(repeated, `${name}: ${error}`).to.not.include(error);
        }
      });
    });
  }
});

describe("The errors that say that a function died", () => {
  it("are those of a process, a memory, a time, an extension", () => {
    for (const error of [
      "Runtime.ExitError",
      "Runtime.OutOfMemory",
      "Sandbox.Timedout",
      "Lambda.Unknown",
      "Extension.Crash",
    ]) {
      expect(functionDied).to.include(error);
    }
    expect(new Set(functionDied)).to.have.property("size", functionDied.length);
  });

  it("leave out what a second try cannot mend", () => {
    expect(functionDied.filter((error) => /Invalid|TooMany|TooLarge/.test(error))).to.deep.equal([]);
  });
});
