import { join } from "node:path";
import { Worker as Thread } from "node:worker_threads";
import type { SeenDefinition } from "./subject";
import type { Trial } from "./trial";

/** What a worker is asked to do: to list the trials, or to run one with a mutant's mechanism out of force. */
export type Order =
  | { readonly kind: "list" }
  | {
      readonly kind: "run";
      readonly trial: Trial;
      readonly mutant?: string | undefined;
      /** How long the trial takes with every mechanism in force, if that is known. Processor time. */
      readonly seconds?: number | undefined;
    };

/** What came of it. */
export interface Answer {
  readonly trials?: readonly Trial[];
  /** What the trial found wrong, in a line. */
  readonly problem?: string | undefined;
  /** What executions and handlers did. */
  readonly facts: readonly string[];
  /** Processor time. */
  readonly seconds: number;
  /** Every definition that programs registered so far in this process. */
  readonly definitions: readonly SeenDefinition[];
}

/** Processor time of a trial that goes round in circles: the longest take a quarter of it. */
const maxProcessorSeconds = 60;
/** The same where it is known how long the trial takes: a few times that, and a cold start. */
const maxSecondsOf = (seconds: number) => Math.min(maxProcessorSeconds, 8 + 3 * seconds);

/** Kills the process when a trial takes too long, from a thread of its own: an endless loop lets no timer of the main one come. */
const limit = new Thread(
  `let before;
  let maxSeconds;
  require("node:worker_threads").parentPort.on("message", (max) => {
    maxSeconds = max;
    before = max === undefined ? undefined : process.cpuUsage();
  });
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if (before && (user + system) / 1e6 > maxSeconds) process.kill(process.pid, "SIGKILL");
  }, 1000);`,
  { eval: true, execArgv: [] },
);
limit.unref();

const root = join(__dirname, "..", "..");

/** The subject has to stand in its place before anything loads the local runtime: hence one module after the other. */
async function begin(): Promise<(order: Order) => Promise<Answer>> {
  const { Subject } = require("./subject") as typeof import("./subject");
  const subject = await Subject.prepare(root);
  const { listProofs, prepareTrial, runTrial } = require("./trials") as typeof import("./trials");
  return async (order) => {
    subject.activate(undefined);
    if (order.kind === "list") {
      return { trials: await listProofs(), facts: [], seconds: 0, definitions: [] };
    }
    await prepareTrial(order.trial);
    const before = process.cpuUsage();
    subject.activate(order.mutant);
    subject.takeFacts();
    limit.postMessage(order.seconds === undefined ? maxProcessorSeconds : maxSecondsOf(order.seconds));
    const problem = await runTrial(order.trial);
    limit.postMessage(undefined);
    const { user, system } = process.cpuUsage(before);
    const definitions = [...subject.definitions.values()];
    return { problem, facts: subject.takeFacts(), seconds: (user + system) / 1e6, definitions };
  };
}

const ready = begin();

process.on("message", (order: Order) => {
  ready
    .then((take) => take(order))
    .then((answer) => process.send?.(answer))
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exit(1);
    });
});
