import fc from "fast-check";
import { World } from "../matrix/world";
import { commands, streamCount } from "./commands";
import { StreamSystem } from "./stream-system";
import { troubles } from "./troubles";

/** More runs, each time others: `MODEL_RUNS=1000 npx mocha proof/model`. */
const moreRuns = Number(process.env.MODEL_RUNS ?? 0);

describe("streams to which anything happens, in any order", () => {
  let world: World | undefined;

  afterEach(() => world?.stop());

  it(`keep every guarantee in ${moreRuns || 25} runs`, async function () {
    if (moreRuns > 0) this.timeout(0);
    const system = async () => {
      world ??= await World.start();
      await world.beginCase();
      return new StreamSystem(world, streamCount);
    };
    const property = fc.asyncProperty(
      fc.commands([...commands, ...troubles], { maxCommands: 15, size: "max" }),
      async (steps) => {
        const real = await system();
        try {
          const model = { streams: Array.from({ length: streamCount }, () => ({ title: undefined })) };
          await fc.asyncModelRun(() => ({ model, real }), steps);
          await real.finish();
        } catch (error) {
          // What a failed run leaves behind is not for the next one.
          await world?.stop();
          world = undefined;
          throw error;
        }
      },
    );
    await fc.assert(property, moreRuns > 0 ? { numRuns: moreRuns } : { numRuns: 25, seed: 20260101 });
  });
});
