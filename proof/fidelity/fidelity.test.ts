import { expect } from "chai";
import { readCases } from "./fidelity-case";
import { localRunner } from "./local-runner";
import { connectRemoteRunner } from "./remote-runner";
import { expectObservation, type Observation, type Runner, runSideBySide, WordingDifference } from "./runner";
import { reasonToSkipRemotely } from "./substitute-tasks";

/** Any endpoint of Step Functions: AWS's, as https://states.eu-west-1.amazonaws.com, or another implementation's. */
const endpoint = process.env.STEP_FUNCTIONS_ENDPOINT;

describe(`Step Functions as ${endpoint ?? "the local runtime interprets it"}`, () => {
  let runner: Runner = localRunner;
  const wordings: string[] = [];
  let observations = new Map<string, Promise<Observation>>();
  if (endpoint !== undefined) {
    const remote = connectRemoteRunner(endpoint);
    runner = remote;
    before(async () => {
      await remote.preflight();
      const all = readCases().flatMap(({ cases }) => cases);
      observations = runSideBySide(
        remote,
        all.filter((one) => reasonToSkipRemotely(one) === undefined),
      );
    });
    after(async () => {
      await remote.close();
      if (wordings.length > 0) console.log(`Right in other words:\n${wordings.join("\n")}`);
    });
  }

  for (const { subject, cases } of readCases()) {
    describe(subject, () => {
      for (const fidelityCase of cases) {
        const reason = endpoint === undefined ? undefined : reasonToSkipRemotely(fidelityCase);
        if (reason !== undefined) {
          it.skip(`${fidelityCase.name} (${reason})`);
          continue;
        }
        it(fidelityCase.name, async () => {
          const observed = await (observations.get(fidelityCase.name) ?? runner.run(fidelityCase));
          try {
            expectObservation(fidelityCase, observed, runner.exactTime);
          } catch (error) {
            if (endpoint === undefined || !(error instanceof WordingDifference)) throw error;
            wordings.push(`  ${fidelityCase.name}: ${error.message}`);
          }
        });
      }
    });
  }
});

describe("The cases of the fidelity suite", () => {
  const cases = readCases().flatMap((file) => file.cases);

  it("have names of their own", () => {
    const names = cases.map(({ name }) => name);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("name their source of truth", () => {
    for (const { name, source } of cases) expect(source, name).to.match(/\w{3,} \w+/);
  });

  it("answer Task states alone", () => {
    for (const { name, definition, tasks = {} } of cases) {
      const text = JSON.stringify(definition);
      for (const state of Object.keys(tasks)) expect(text, name).to.include(`"${state}":{"Type":"Task"`);
    }
  });
});
