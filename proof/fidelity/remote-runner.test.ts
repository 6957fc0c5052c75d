import { SFNClient } from "@aws-sdk/client-sfn";
import { expect } from "chai";
import { TaskFailure } from "../../local/asl/errors";
import type { TaskRunner } from "../../local/asl/task-runner";
import type { JsonObject } from "../../local/json";
import { AwsError } from "../../local/services/service";
import { StepFunctions } from "../../local/services/step-functions/step-functions";
import { startServer, type TestServer } from "../../test/local/support/test-server";
import { validateDefinition } from "../../test/support/asl-validator";
import { SteppedClock } from "../../test/support/stepped-clock";
import { answeringMachine } from "./answering-machine";
import { type FidelityCase, readCases } from "./fidelity-case";
import { connectRemoteRunner, RemoteRunner } from "./remote-runner";
import { expectObservation, runSideBySide, WordingDifference } from "./runner";
import { reasonToSkipRemotely } from "./substitute-tasks";

const place = { region: "eu-central-1", accountId: "123456789012" };
const cases = readCases().flatMap((file) => file.cases);
const runnable = cases.filter((fidelityCase) => reasonToSkipRemotely(fidelityCase) === undefined);

/** Performs the calls of substituted tasks and of the answering machine: Step Functions calling itself. */
function runnerOf(service: () => StepFunctions): TaskRunner {
  return async ({ resource, arguments: members }) => {
    const { Input, StateMachineArn, TaskToken, ...rest } = members as JsonObject;
    const inModelNames = Object.entries(rest).map(([name, value]) => [name.toLowerCase(), value]);
    try {
      if (resource === "arn:aws:states:::states:startExecution.waitForTaskToken") {
        const input = JSON.stringify(Input);
        return await service().call("StartExecution", { stateMachineArn: StateMachineArn ?? "", input });
      }
      const [, action = ""] = /^arn:aws:states:::aws-sdk:sfn:(\w+)$/.exec(resource) ?? [];
      const input = { taskToken: TaskToken ?? "", ...(Object.fromEntries(inModelNames) as JsonObject) };
      return await service().call(`${action.charAt(0).toUpperCase()}${action.slice(1)}`, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new TaskFailure(`Sfn.${error.code}Exception`, error.message);
    }
  };
}

describe("The remote runner, pointed at our own AWS port", () => {
  const clock = new SteppedClock();
  const service: StepFunctions = new StepFunctions({ clock, ...place, runTask: runnerOf(() => service) });
  let server: TestServer;
  let runner: RemoteRunner;

  before(async () => {
    server = await startServer({ StepFunctions: service });
    runner = new RemoteRunner({
      client: new SFNClient(server.client),
      roleArn: "arn:aws:iam::123456789012:role/fidelity",
      pause: (seconds) => clock.advance({ seconds }),
      exactTime: true,
    });
  });

  after(async () => {
    await service.stop();
    await server.close();
  });

  for (const fidelityCase of runnable) {
    it(fidelityCase.name, async () => {
      expectObservation(fidelityCase, await runner.run(fidelityCase), true);
    });
  }

  it("sees a difference", async () => {
    const wrong: FidelityCase = {
      name: "",
      source: "",
      definition: { StartAt: "A", States: { A: { Type: "Pass", End: true } } },
      expect: { output: "something else" },
    };
    const observed = await runner.run(wrong);
    expect(() => expectObservation(wrong, observed, true)).to.throw("to deeply equal");
  });

  it("passes the preflight", async () => {
    await runner.preflight();
  });

  it("says in the preflight what is wrong with an endpoint", async () => {
    const client = new SFNClient({ ...server.client, endpoint: "http://127.0.0.1:1", maxAttempts: 1 });
    const nowhere = new RemoteRunner({ client, roleArn: "", pause: () => Promise.resolve() });
    const problem = await nowhere.preflight().catch((error: Error) => error.message);
    expect(problem).to.match(/^The endpoint cannot run the cases: .*ECONNREFUSED/);
  });

  it("starts cases side by side, and tells other words from a wrong result", async () => {
    const definition = { StartAt: "F", States: { F: { Type: "Fail", Error: "E", Cause: "this" } } };
    const failing = (name: string, expected: FidelityCase["expect"]): FidelityCase => ({
      name,
      source: "",
      definition,
      expect: expected,
    });
    const words = failing("words", { status: "FAILED", error: "E", cause: "that" });
    const wrong = failing("wrong", { status: "FAILED", error: "F", cause: "that" });
    const observations = runSideBySide(runner, [words, wrong]);
    const [ofWords, ofWrong] = await Promise.all([observations.get("words"), observations.get("wrong")]);
    if (!ofWords || !ofWrong) throw new Error("A case was not run.");
    expect(() => expectObservation(words, ofWords, true)).to.throw(WordingDifference, "expected /that/");
    expect(() => expectObservation(wrong, ofWrong, true)).to.throw("to deeply equal");
  });

  it("deletes what it created", async () => {
    await runner.close();
    expect(await service.call("ListStateMachines", {})).to.deep.equal({ stateMachines: [] });
  });
});

describe("The answering machine", () => {
  it("is valid ASL", () => {
    expect(validateDefinition(answeringMachine)).to.deep.equal([]);
  });
});

describe("The cases that the remote runner skips", () => {
  it("are few, each for a reason", () => {
    const skipped = cases.filter((fidelityCase) => !runnable.includes(fidelityCase));
    expect(Object.fromEntries(skipped.map((one) => [one.name, reasonToSkipRemotely(one)]))).to.deep.equal({
      "JitterStrategy FULL takes a part of the delay": "chance cannot be set there",
      "fifteen minutes pass as one step of the clock": "it takes 900 seconds",
    });
  });

  it("are those whose calls cannot be told apart, too", () => {
    const call = { Type: "Task", Resource: "arn:aws:states:::lambda:invoke" };
    const loop: FidelityCase = {
      name: "",
      source: "",
      definition: {
        StartAt: "Call",
        States: {
          Call: { ...call, Next: "Again" },
          Again: { Type: "Choice", Choices: [{ Condition: "{% $x %}", Next: "Call" }], Default: "Done" },
          Done: { Type: "Succeed" },
        },
      },
      tasks: { Call: [{ result: 1 }, { result: 2 }] },
      expect: { output: 2 },
    };
    expect(reasonToSkipRemotely(loop)).to.equal("the calls of 'Call' cannot be told apart by their retries");
  });
});

describe("Connecting the remote runner", () => {
  it("asks for the role of the state machines", () => {
    const { STEP_FUNCTIONS_ROLE_ARN: role } = process.env;
    delete process.env.STEP_FUNCTIONS_ROLE_ARN;
    try {
      expect(() => connectRemoteRunner("http://127.0.0.1:1")).to.throw(
        "STEP_FUNCTIONS_ROLE_ARN must name the role",
      );
    } finally {
      if (role !== undefined) process.env.STEP_FUNCTIONS_ROLE_ARN = role;
    }
  });
});
