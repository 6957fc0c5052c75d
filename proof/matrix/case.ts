import { checkAll } from "./checks";
import { checkLateCallRecords } from "./checks/late-call-records";
import type { Dimension } from "./dimensions";
import { against, type Finding } from "./guarantees";
import type { Journey } from "./journeys";
import { Meeting } from "./meeting";
import { endOf } from "./recorder";
import { nameOfPlace, type Place } from "./sites";
import { Story } from "./story";
import type { Circumstances, Trouble } from "./troubles";
import type { World } from "./world";

/** A journey, and at most one trouble at one place of it. */
export interface MatrixCase {
  readonly name: string;
  /** Its place in the matrix. */
  readonly order: number;
  readonly journey: Journey;
  /** Undefined where the journey goes its way alone. */
  readonly place?: Place | undefined;
  readonly trouble: Trouble;
  /** How the journey ends when nothing is in its way. */
  readonly cleanEnd: string;
  /** What came of it when the plan was made. */
  readonly recorded?: Pick<CaseResult, "findings" | "ended"> | undefined;
}

export interface CaseResult {
  readonly name: string;
  readonly order: number;
  readonly dimension: Dimension;
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

export function nameOfCase(journey: Journey, trouble: Trouble, place?: Place): string {
  return [journey.name, ...(place ? [nameOfPlace(place)] : []), trouble.name].join(" | ");
}

/** A cleanup that died is stale after an hour, and the next sweep begins another. */
const maxSweeps = 8;

/**
 * Goes a way with one trouble on it to the end, and holds every guarantee against what is there then.
 *
 * @param known the ends after which a stream was asked for again already.
 */
export async function runCase(world: World, one: MatrixCase, known: Set<string>): Promise<CaseResult> {
  const { journey, place, trouble, cleanEnd } = one;
  await world.beginCase();
  const story = new Story(world, world.nextStreamId());
  const { passes, withholds, losesLetters } = trouble;
  const leavesLetters = trouble.leavesLetters || journey.leavesLetters;
  const isQuiet = trouble.isQuiet && !journey.raisesAlarms && !journey.leavesLetters;
  const hindersCleanup = !passes;
  const leavesSchedules = !passes;
  const circumstances = {
    ...{ passes, withholds, isQuiet },
    ...{ leavesLetters, losesLetters, hindersCleanup, leavesSchedules },
  };
  let meeting: Meeting | undefined;
  const begin = () => {
    meeting = place && new Meeting(world.local, place);
    putTrouble(story, trouble);
  };
  if (place?.phase !== "sweep") begin();
  await journey.play(story);
  await world.endJourney();
  if (place?.phase === "sweep") {
    // What the journey itself put in its way is over.
    world.local.faults.clear();
    begin();
    await world.passSweeps(1);
  }
  const isMet = meeting?.end() ?? true;
  if (!isMet) throw new Error(`The journey does not come to ${place && nameOfPlace(place)}: plan it anew.`);
  let findings = (await trouble.afterwards?.(story)) ?? [];
  if (trouble.landsWithinMinutes) await world.local.clock.advance({ minutes: trouble.landsWithinMinutes });
  const check = async () => [
    ...(await checkAll(story, circumstances)),
    ...((passes && (await journey.check?.(story))) || []),
  ];
  await world.rest(2);
  let sweeps = 2;
  if (findings.length === 0) {
    findings = await check();
    if (findings.length > 0 && !passes) {
      await world.rest(maxSweeps - sweeps);
      findings = await check();
      sweeps = maxSweeps;
    }
  }
  const ended = await endOf(story);
  // A trouble that is over changes nothing, save that an event which is nowhere else came too late.
  const mayDiffer = !passes || (withholds && journey.confirmedByEvent) || journey.mayEndOtherwise;
  if (ended !== cleanEnd && !mayDiffer && findings.length === 0) {
    findings.push({ guarantee: "confirmation", text: `It ended ${ended}, and not ${cleanEnd}.` });
  }
  if (findings.length === 0) findings.push(...(await checkLateCallRecords(world)));
  const saw = story.answers.join(", ");
  // What others took, they give back: the stream can be had again then.
  await world.foreign.restore();
  if (findings.length === 0)
    findings.push(...(await askAgainOnce(story, known, { losesLetters, hindersCleanup, leavesSchedules })));
  return resultOf(one, { findings, ended, saw, sweeps });
}

/** Those who make starts are watched behind the faults, so that the calls are seen that take effect; and before those that land late. */
function putTrouble(story: Story, trouble: Trouble): void {
  const { world } = story;
  if (trouble.dimension === "late") world.watchCalls();
  trouble.put(world.local.faults, story);
  if (trouble.dimension !== "late") world.watchCalls();
}

/** @returns what came of a case when the plan was made, if it was. */
export function recordedResult(one: MatrixCase): CaseResult | undefined {
  return one.recorded && resultOf(one, { ...one.recorded, saw: "", sweeps: 2 });
}

/** A case that could not be told to its end hangs, whatever the reason. */
export function brokenCase(one: MatrixCase | undefined, error: unknown): CaseResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const outcome = { findings: against("stuck", [text]), ended: "unknown", saw: "", sweeps: 0 };
  return resultOf(one, outcome);
}

function resultOf(
  one: Pick<MatrixCase, "name" | "order" | "trouble" | "place" | "journey"> | undefined,
  outcome: Pick<CaseResult, "findings" | "ended" | "saw" | "sweeps">,
): CaseResult {
  const { name = "", order = 0, journey, trouble } = one ?? {};
  const dimension = (one?.place ? undefined : journey?.dimension) ?? trouble?.dimension ?? "none";
  return { name, order, dimension, ...outcome, isClean: outcome.findings.length === 0 };
}

/** What the trouble did before the stream is asked for again. */
type Earlier = Pick<Circumstances, "losesLetters" | "hindersCleanup" | "leavesSchedules">;

/** Streams that were left alike can be had again alike: one of them is asked for again, and the others are taken away. */
async function askAgainOnce(story: Story, known: Set<string>, before: Earlier): Promise<Finding[]> {
  const { world, streamId } = story;
  const attempts = await story.attempts();
  const executions = story.executions().map(({ status }) => status);
  const left = JSON.stringify([attempts.map((item) => [item.status, Object.keys(item).sort()]), executions]);
  if (!known.has(left)) {
    known.add(left);
    const findings = await askAgain(new Story(world, streamId), before);
    if (findings.length > 0) return findings;
  }
  await world.wipe(streamId, ...story.others);
  return [];
}

/** Guarantees 2 and 3 from their other side: the stream can be had again, and given up again. */
async function askAgain(story: Story, before: Earlier): Promise<Finding[]> {
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
  // What the trouble lost is still lost, and what on-call was told still counts.
  return checkAll(story, { passes: true, ...before });

  async function giveUp(): Promise<void> {
    await story.put("COMPLETE");
    await world.local.clock.advance({ minutes: 5 });
  }
}
