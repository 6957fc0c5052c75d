import { expect } from "chai";
import { checkAll } from "../matrix/checks";
import { Story } from "../matrix/story";
import type { World } from "../matrix/world";
import { expectInvariants, type Histories } from "./invariants";

/** What the model knows of a stream: nothing but what callers were told. */
export interface ModelStream {
  /** The body of the request that was accepted last. */
  title: string | undefined;
}

/** The model: a few streams. */
export interface StreamModel {
  readonly streams: ModelStream[];
}

/** The system under test: streams by the model's numbers, in a world. */
export class StreamSystem {
  readonly stories: readonly Story[];
  private histories: Histories = new Map();

  constructor(
    readonly world: World,
    count: number,
  ) {
    this.stories = Array.from({ length: count }, () => new Story(world, world.nextStreamId()));
  }

  /** @throws {RangeError} for a stream that there is not. */
  story(stream: number): Story {
    const story = this.stories[stream];
    if (!story) throw new RangeError(`There is no stream ${stream}.`);
    return story;
  }

  /** Holds what has to be so at every moment. */
  async look(): Promise<void> {
    await this.world.local.settled();
    this.histories = await expectInvariants(this.world, this.histories);
  }

  /** Lets everything come to its end, and holds every guarantee against it. */
  async finish(): Promise<void> {
    // Whoever waits for a confirmation waits a quarter of an hour, and two sweeps come after that.
    let broken = await this.rest(4);
    // A cleanup that died is stale after an hour.
    if (broken.length > 0) broken = await this.rest(5);
    expect(broken).to.deep.equal([]);
    const waiting = this.world.local.executions.running().map(({ path }) => path.at(-1));
    expect(waiting, "executions that wait for the distribution").to.not.include.oneOf([
      "WaitForPlaybackTurn",
      "WaitForRemovalTurn",
      "WaitForCapacityTurn",
    ]);
    for (const { streamId } of this.stories) await this.world.wipe(streamId);
  }

  private async rest(sweeps: number): Promise<string[]> {
    const circumstances = { passes: false, leavesLetters: true, withholds: true, hindersCleanup: true };
    await this.world.rest(sweeps);
    await this.look();
    const findings = await Promise.all(this.stories.map((story) => checkAll(story, circumstances)));
    return findings.flat().map(({ guarantee, text }) => `${guarantee}: ${text}`);
  }
}
