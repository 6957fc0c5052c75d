import type { LoggedCall } from "../../../local/faults/faults";
import { givenName } from "../../../local/faults/named";
import { resourcesOfType } from "../../../local/record/graph";
import { failed, ready, recovered } from "../endings";
import { startProgram } from "../play";
import type { Act, Expectation, Situation } from "../situation";
import { Stage } from "../stage";
import { type KillSite, killSites } from "./kill-sites";

/** A way to have a function invoked, and how the stream has to end wherever the function dies meanwhile. */
interface Scenario {
  readonly expected: Expectation;
  /** Its calls are under way together, in no order that one could rely on. */
  readonly callsSideBySide?: boolean;
  play(stage: Stage): Promise<void>;
}

/** Has a stream confirmed; whoever gets no answer asks again. */
async function confirmed(stage: Stage): Promise<void> {
  await stage.insist(() => stage.post());
  await stage.untilWaiting();
  await stage.local.clock.advance({ seconds: 5 });
  await stage.insist(() => stage.put("READY"));
  await stage.untilEnded();
}

/** One for each function of the program. */
const scenarios: { readonly [functionName: string]: Scenario } = {
  "streams-create-stream-workflow": {
    expected: { ...ready, saw: "POST 500, POST 202, PUT 200" },
    play: confirmed,
  },
  "streams-validate-provision-request": { expected: ready, play: confirmed },
  "streams-update-stream-status": {
    expected: {
      ...ready,
      saw: "POST 202, PUT 500, PUT 200",
      told: /^requested, READY by api(, READY by (api|orchestrator)){1,2}$/,
    },
    play: confirmed,
  },
  "streams-resume-orchestration": {
    expected: {
      ...ready,
      saw: "POST 202",
      // Lambda invokes it again a minute later.
      ended: /^READY \(execution SUCCEEDED( after 1 min)?\)$/,
      told: "requested, READY by an event, READY by orchestrator",
    },
    async play(stage) {
      await stage.provision();
      await stage.announce({ streamId: stage.streamId, status: "READY" });
      await stage.untilEnded();
    },
  },
  "streams-handle-provision-failure": {
    expected: {
      ...failed,
      told: /^requested, FAILED by an event(, FAILED by orchestrator){1,2}$/,
      onCall: { least: 1, most: 2 },
    },
    async play(stage) {
      await stage.provision();
      await stage.announce({ streamId: stage.streamId, status: "FAILED", reason: "The picture is black." });
      await stage.untilEnded();
    },
  },
  "streams-recover-execution": {
    expected: {
      ...recovered,
      told: /^requested(, FAILED by orchestrator){1,2}$/,
      onCall: { least: 1, most: 2 },
    },
    async play(stage) {
      await stage.provision();
      await stage.stop();
      // Lambda invokes it again a minute later, and two minutes after that.
      await stage.local.clock.advance({ minutes: 4 });
    },
  },
  "streams-sweep-streams": {
    expected: {
      ...recovered,
      saw: "POST 202, PUT 500",
      told: /^requested, READY by api(, (READY by api|FAILED by orchestrator)){1,3}$/,
      onCall: { least: 1, most: 2 },
      // One that is killed is invoked again, or its sweep fails, and the next one does its work.
      alarms: /^(none|StreamSweep-ExecutionsFailed)$/,
    },
    async play(stage) {
      const { faults } = stage.local;
      await stage.provision();
      faults.loseEntries({ caller: "streams-update-stream-status", times: 3 });
      await stage.put("READY");
      faults.refuse({ target: "streams-recover-execution", times: Infinity });
      await stage.stop();
      await stage.untilSwept();
      await stage.untilSwept();
    },
  },
  "streams-get-health-status": {
    expected: {
      saw: "GET 500, GET 200",
      ended: "never requested",
      left: "nothing",
      told: "nothing",
      onCall: 0,
      alarms: "none",
    },
    callsSideBySide: true,
    async play(stage) {
      await stage.insist(() => stage.health());
    },
  },
};

/** Each Lambda killed at each of its calls: the calls are those of a recorded run. */
export const kills: Act = {
  title: "Each Lambda killed at each of its calls",
  async situations() {
    const situations: Situation[] = [];
    for (const name of await functionNames()) {
      const scenario = scenarios[name];
      if (!scenario) throw new Error(`The game day has no situation in which '${name}' is killed.`);
      const sites = killSites(await record(scenario), name);
      if (scenario.callsSideBySide) sites.sort((a, b) => a.at.service.localeCompare(b.at.service));
      for (const site of sites) {
        situations.push(killed(site, scenario, "before"), killed(site, scenario, "after"));
      }
    }
    return situations;
  },
};

async function functionNames(): Promise<string[]> {
  const local = await startProgram();
  await local.stop();
  const functions = resourcesOfType(local.runtime.graph, "aws:lambda/function:Function");
  return functions.map(({ name }) => name).sort();
}

/** @returns the calls of a run in which nobody is killed. */
async function record({ play }: Scenario): Promise<readonly LoggedCall[]> {
  const local = await startProgram();
  try {
    const stage = await Stage.open(local, "recorded");
    await play(stage);
    await stage.close();
    return local.faults.calls();
  } finally {
    await local.stop();
  }
}

function killed(site: KillSite, { expected, play }: Scenario, when: "before" | "after"): Situation {
  const name = givenName(site.function).replace(/^streams-/, "");
  const ordinal = site.isOnly ? "" : `, call ${site.at.nth}`;
  return {
    name: `${name} killed ${when} ${site.at.service} ${site.at.action}${ordinal}`,
    done: when === "before" ? "killed before the call took effect" : "killed before it had the answer",
    expected,
    async play(stage) {
      stage.local.faults.kill({ ...site, when });
      await play(stage);
    },
  };
}
