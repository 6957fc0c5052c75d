import type { LoggedCall } from "../../../local/faults/faults";
import { givenName } from "../../../local/faults/named";
import { resourcesOfType } from "../../../local/record/graph";
import { insist } from "../../shared/insist";
import { untilSwept } from "../../shared/sweeps";
import type { Expectation } from "../ending";
import { begun, failed, ready, recovered } from "../endings";
import { startProgram } from "../play";
import type { Act, Situation } from "../situation";
import { Stage } from "../stage";
import { type KillSite, killSites } from "./kill-sites";

/** A way to have a function invoked, and how the stream has to end wherever the function dies meanwhile. */
interface Scenario {
  readonly expected: Expectation;
  /** Its calls are under way together, in no order that one could rely on. */
  readonly callsSideBySide?: boolean;
  /** What comes before, in which the function may run undisturbed. */
  prepare?(stage: Stage): Promise<void>;
  play(stage: Stage): Promise<void>;
}

/** Has a stream confirmed; whoever gets no answer asks again. */
async function confirmed({ local, streamId }: Stage): Promise<void> {
  await insist(5, () => local.streams.request(streamId));
  await local.streams.untilWaiting(streamId);
  await local.clock.advance({ seconds: 5 });
  await insist(5, () => local.streams.update(streamId, "READY"));
  await local.executions.advanceUntil(streamId);
}

/** Has a stream confirmed, with its channel running. */
async function running(stage: Stage): Promise<void> {
  await confirmed(stage);
  await stage.local.clock.advance({ minutes: 1 });
}

/** What becomes of a stream whose channel stops once the stream is READY. */
const lost: Expectation = {
  ...ready,
  ended: "FAILED (execution SUCCEEDED, teardown DONE)",
  left: "nothing",
  told: /^requested, PROVISIONING by orchestrator, READY by api, READY by orchestrator(, health CHANNEL_DOWN){1,2}(, FAILED by health){1,2}$/,
  onCall: { least: 1, most: 2 },
};

async function loseChannel({ local, streamId }: Stage): Promise<void> {
  const [lease] = (await local.streams.leases()).filter((one) => one.streamId === streamId);
  if (!lease) throw new Error(`Stream '${streamId}' has no channel to lose.`);
  local.encoder.crash(lease.channelId);
  // Lambda invokes a function again a minute later, and two minutes after that.
  await local.clock.advance({ minutes: 4 });
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
      told: /^requested, PROVISIONING by orchestrator, READY by api(, READY by (api|orchestrator)){1,2}$/,
    },
    play: confirmed,
  },
  "streams-resume-orchestration": {
    expected: {
      ...ready,
      saw: "POST 202",
      // Lambda invokes it again a minute later.
      ended: /^READY \(execution SUCCEEDED( after 1 min)?\)$/,
      told: `${begun}, READY by an event, READY by orchestrator`,
    },
    async play({ local, streamId }) {
      await local.streams.provision(streamId);
      await local.streams.announce(streamId, "READY");
      await local.executions.advanceUntil(streamId);
    },
  },
  "streams-handle-provision-failure": {
    expected: {
      ...failed,
      told: /^requested, PROVISIONING by orchestrator, FAILED by an event(, FAILED by orchestrator){1,2}$/,
      onCall: { least: 1, most: 2 },
    },
    async play({ local, streamId }) {
      await local.streams.provision(streamId);
      await local.streams.announce(streamId, "FAILED", { reason: "The picture is black." });
      await local.executions.advanceUntil(streamId);
    },
  },
  "streams-recover-execution": {
    expected: {
      ...recovered,
      told: /^requested, PROVISIONING by orchestrator(, FAILED by orchestrator){1,2}$/,
      onCall: { least: 1, most: 2 },
    },
    async play({ local, streamId }) {
      await local.streams.provision(streamId);
      await local.executions.stop(streamId);
      // Lambda invokes it again a minute later, and two minutes after that.
      await local.clock.advance({ minutes: 4 });
    },
  },
  "streams-sweep-streams": {
    expected: {
      ...recovered,
      saw: "POST 202, PUT 500",
      told: /^requested, PROVISIONING by orchestrator, READY by api(, (READY by api|FAILED by orchestrator)){1,3}$/,
      onCall: { least: 1, most: 2 },
      // One that is killed is invoked again, or its sweep fails, and the next one does its work.
      alarms: /^(none|StreamSweep-ExecutionsFailed)$/,
    },
    async play({ local, streamId }) {
      const { faults } = local;
      await local.streams.provision(streamId);
      faults.loseEntries({ caller: "streams-update-stream-status", times: 3 });
      await local.streams.update(streamId, "READY");
      faults.refuse({ target: "streams-recover-execution", times: Infinity });
      await local.executions.stop(streamId);
      await untilSwept(local);
      await untilSwept(local);
    },
  },
  "streams-track-health": { expected: lost, prepare: running, play: loseChannel },
  "streams-act-on-health": { expected: lost, prepare: running, play: loseChannel },
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
    async play({ local }) {
      await insist(5, () => local.api("/health"));
    },
  },
  "streams-read-streams": {
    expected: { ...ready, saw: "POST 202, PUT 200, GET 500, GET 200" },
    async play(stage) {
      await confirmed(stage);
      await insist(5, () => stage.local.api(`/streams/${stage.streamId}`));
    },
  },
};

/** Each Lambda killed at each of its calls: the calls are those of a recorded run. */
export const kills: Act = {
  title: "Each Lambda killed at each of its calls",
  async situations() {
    const situations: Situation[] = [];
    for (const [name, calls] of await record()) {
      const scenario = scenarioOf(name);
      const sites = killSites(calls, name);
      if (scenario.callsSideBySide) sites.sort((a, b) => a.at.service.localeCompare(b.at.service));
      for (const site of sites) {
        situations.push(killed(site, scenario, "before"), killed(site, scenario, "after"));
      }
    }
    return situations;
  },
};

/** @returns for each function of the program the calls of a run in which nobody is killed. */
async function record(): Promise<Map<string, readonly LoggedCall[]>> {
  const local = await startProgram();
  const recorded = new Map<string, readonly LoggedCall[]>();
  try {
    const functions = resourcesOfType(local.runtime.graph, "aws:lambda/function:Function");
    for (const name of functions.map((one) => one.name).sort()) {
      const stage = await Stage.open(local, `recorded-${recorded.size}`);
      const { prepare, play } = scenarioOf(name);
      await prepare?.(stage);
      const before = local.faults.calls().length;
      await play(stage);
      await stage.close();
      recorded.set(name, local.faults.calls().slice(before));
      if (!(await stage.tidyUp())) throw new Error(`The recorded run of '${name}' leaves something behind.`);
    }
  } finally {
    await local.stop();
  }
  return recorded;
}

/** @throws {Error} for a function without a situation. */
function scenarioOf(name: string): Scenario {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`The game day has no situation in which '${name}' is killed.`);
  return scenario;
}

function killed(site: KillSite, { expected, prepare, play }: Scenario, when: "before" | "after"): Situation {
  const name = givenName(site.function).replace(/^streams-/, "");
  const ordinal = site.isOnly ? "" : `, call ${site.at.nth}`;
  return {
    name: `${name} killed ${when} ${site.at.service} ${site.at.action}${ordinal}`,
    done: when === "before" ? "killed before the call took effect" : "killed before it had the answer",
    expected,
    async play(stage) {
      const { local } = stage;
      await prepare?.(stage);
      local.faults.kill({ ...site, when });
      await play(stage);
    },
  };
}
