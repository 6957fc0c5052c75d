import { checkAll } from "./checks";
import { against, type Finding } from "./guarantees";
import type { Journey } from "./journeys";
import { endOf } from "./recorder";
import { nameOfPlace, type Place } from "./sites";
import { Story } from "./story";
import type { Circumstances, Trouble } from "./troubles";
import type { World } from "./world";

/** A journey, and one trouble at one place of it. */
export interface MatrixCase {
  readonly name: string;
  /** Its place in the matrix. */
  readonly order: number;
  readonly journey: Journey;
  readonly place: Place;
  readonly trouble: Trouble;
  /** How the journey ends when nothing is in its way. */
  readonly cleanEnd: string;
}

export interface CaseResult {
  readonly name: string;
  readonly order: number;
  readonly findings: readonly Finding[];
  /** The status of each attempt, and of its execution, before the stream was asked for again. */
  readonly ended: string;
  /** What callers were answered. */
  readonly saw: string;
  /** How many sweeps it took, two at least. */
  readonly sweeps: number;
  /** Whether the world is as it was before, so that another case may use it. */
  readonly isClean: boolean;
}

export function nameOfCase(journey: Journey, place: Place, trouble: Trouble): string {
  return `${journey.name} | ${nameOfPlace(place)} | ${trouble.name}`;
}

/** A cleanup that died is stale after an hour, and the next sweep begins another. */
const maxSweeps = 8;

/**
 * Goes a way with one trouble on it to the end, and holds every guarantee against what is there then.
 *
 * @param known the ends after which a stream was asked for again already.
 */
export async function runCase(world: World, one: MatrixCase, known: Set<string>): Promise<CaseResult> {
  const { name, order, journey, trouble, cleanEnd } = one;
  await world.beginCase();
  const story = new Story(world, world.nextStreamId());
  const { passes, withholds, losesLetters } = trouble;
  const leavesLetters = trouble.leavesLetters || journey.leavesLetters;
  const circumstances = { passes, withholds, leavesLetters, losesLetters };
  trouble.put(world.local.faults, story);
  world.watchCalls();
  await journey.play(story);
  await world.rest(2);
  let findings = await checkAll(story, circumstances);
  let sweeps = 2;
  if (findings.length > 0 && !passes) {
    await world.rest(maxSweeps - sweeps);
    findings = await checkAll(story, circumstances);
    sweeps = maxSweeps;
  }
  const ended = await endOf(story);
  // A trouble that is over changes nothing, save that an event which is nowhere else came too late.
  const mayDiffer = !passes || (withholds && journey.confirmedByEvent);
  if (ended !== cleanEnd && !mayDiffer && findings.length === 0) {
    findings.push({ guarantee: "confirmation", text: `It ended ${ended}, and not ${cleanEnd}.` });
  }
  const saw = story.answers.join(", ");
  if (findings.length === 0) findings.push(...(await askAgainOnce(story, known, { losesLetters })));
  return { name, order, findings, ended, saw, sweeps, isClean: findings.length === 0 };
}

/** Streams that were left alike can be had again alike: one of them is asked for again, and the others are taken away. */
async function askAgainOnce(
  story: Story,
  known: Set<string>,
  before: Pick<Circumstances, "losesLetters">,
): Promise<Finding[]> {
  const { world, streamId } = story;
  const attempts = await story.attempts();
  const executions = story.executions().map(({ status }) => status);
  const left = JSON.stringify([attempts.map((item) => [item.status, Object.keys(item).sort()]), executions]);
  if (!known.has(left)) {
    known.add(left);
    const findings = await askAgain(new Story(world, streamId), before);
    if (findings.length > 0) return findings;
  }
  await world.wipe(streamId);
  return [];
}

/** Guarantees 2 and 3 from their other side: the stream can be had again, and given up again. */
async function askAgain(story: Story, before: Pick<Circumstances, "losesLetters">): Promise<Finding[]> {
  const { world } = story;
  const stream = (await story.attempts()).at(-1);
  if (stream?.status === "READY" || stream?.status === "LIVE") await giveUp();
  const answer = await story.request();
  await story.untilWaiting();
  await story.put("READY");
  await story.untilEnded();
  const status = (await story.attempts()).at(-1)?.status ?? "unknown";
  if (answer !== 202 || status !== "READY") {
    const text = `Asked for again, it was answered ${answer}, and is ${status} (${await endOf(story)}).`;
    return against("stuck", [text]);
  }
  await giveUp();
  // What the trouble had lost before is still lost.
  return checkAll(story, { passes: true, ...before });

  async function giveUp(): Promise<void> {
    await story.put("COMPLETE");
    await world.local.clock.advance({ minutes: 5 });
  }
}
