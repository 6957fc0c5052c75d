import { setImmediate as nextTurn } from "node:timers/promises";
import { watchComponentOutputs } from "./component-outputs";
import { refuseCycles } from "./cycles";
import { watchPending } from "./pending";
import { watchForExit } from "./program-exit";
import { ProgramFailures, programError } from "./program-failures";
import { type Patience, watchForStandstill } from "./standstill";

type Pulumi = typeof import("@pulumi/pulumi");

/** How long a program's first failure waits for the resource that it fails: a rejected input passes through Pulumi's serialization first. */
const attributionMs = 500;

/**
 * Runs a program as Pulumi does, until everything that it registers is registered.
 *
 * @param load loads the program's own copy of Pulumi.
 * @param registrations counts what the program has asked the engine for so far.
 * @param patience how long the program may register nothing before it counts as waiting for ever.
 * @returns the stack outputs.
 * @throws {Error} what the program throws; the first input, output, `dependsOn` or callback that fails, with its resource; or what the program waits
 * for, when nothing can happen any more.
 */
export async function runProgram(
  load: NodeJS.Require,
  run: () => unknown,
  registrations: () => number,
  patience: Patience,
): Promise<unknown> {
  const pulumi = load("@pulumi/pulumi") as Pulumi;
  const failures = new ProgramFailures();
  const components = watchComponentOutputs(load);
  const exit = watchForExit();
  const allowCycles = refuseCycles(load, pulumi);
  let exported: unknown;
  const pending = watchPending(load, pulumi, components.registered);
  const standstill = watchForStandstill(pending, registrations, () => exported, patience);
  const finished = (async () => {
    try {
      const outputs = await pulumi.runtime.runInPulumiStack(async () => {
        exported = await run();
        return exported as Record<string, unknown>;
      });
      // Registrations go on after the program's last line.
      await pulumi.runtime.disconnect();
      return await resolved(pulumi, outputs);
    } finally {
      // Node.js reports rejections that nobody handled after the turn in which they happened.
      await nextTurn();
      await nextTurn();
    }
  })();
  const ended = finished.then(
    () => undefined,
    () => undefined,
  );
  try {
    const first = failures.first.then(async () => {
      // A failed registration leaves whatever depends on it pending for ever, so that the program itself may never end.
      await Promise.race([ended, failures.attributed, sleep(attributionMs)]);
    });
    const outputs = await Promise.race([finished, first, standstill.reached, exit.called]);
    // As with `pulumi up`, the program has ended when Node.js has nothing left to do: an output that nothing needs may still fail.
    if (!failures.any) await Promise.race([standstill.idle(), failures.first, exit.called]);
    if (failures.any) throw failures.most();
    return outputs;
  } catch (error) {
    throw await programError(failures.any ? failures.most() : error, exported, components.registered, pulumi);
  } finally {
    standstill.stop();
    // What fails next, fails because of the first failure. A rejection without a listener would end the process.
    await Promise.race([ended, standstill.settled()]);
    // Finding out what failed has rejected further promises, which Node.js tells of after the turn in which that happened.
    await nextTurn();
    await nextTurn();
    failures.stop();
    exit.stop();
    pending.stop();
    allowCycles();
    components.stop();
  }
}

function resolved(pulumi: Pulumi, value: unknown): Promise<unknown> {
  const output = pulumi.output(value) as unknown as { promise(): Promise<unknown> };
  return output.promise();
}

/** Its timer does not keep Node.js running. Otherwise the watch of the next program would count it. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // A fake timer of a test is a number.
    setTimeout(resolve, ms).unref?.();
  });
}
