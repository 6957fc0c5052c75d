import type { Journey } from "./journeys";
import { World, type WorldOptions } from "./world";

/** A runtime keeps what it has seen, and grows slower with it. */
const mostUses = 200;

/** Worlds that are used again: one for each configuration of a journey. */
export class Worlds {
  private readonly all = new Map<string, { readonly world: World; uses: number }>();

  /** @param options what each of them is started with, besides what its journey says. */
  constructor(private readonly options: WorldOptions = {}) {}

  /** Whether the program is as it is, and nobody is told of anything. */
  get isPlain(): boolean {
    return Object.keys(this.options).length === 0;
  }

  /** @returns the world in which a journey is played. */
  async of(journey: Journey): Promise<World> {
    const key = keyOf(journey);
    const known = this.all.get(key);
    if (known && known.uses < mostUses) {
      known.uses += 1;
      return known.world;
    }
    await this.discard(journey);
    const { isAlone } = journey;
    const config = { ...this.options.config, ...journey.config };
    const world = await World.start({ ...this.options, config, isAlone });
    this.all.set(key, { world, uses: 1 });
    return world;
  }

  /** Has the journey's next case begin in a new world: what a case leaves behind is not for the next one. */
  async discard(journey: Journey): Promise<void> {
    const known = this.all.get(keyOf(journey));
    this.all.delete(keyOf(journey));
    await known?.world.stop();
  }

  async stop(): Promise<void> {
    for (const { world } of this.all.values()) await world.stop();
    this.all.clear();
  }
}

function keyOf({ config, isAlone }: Journey): string {
  return JSON.stringify([config, isAlone]);
}
