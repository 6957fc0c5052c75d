import { type Local, startLocal } from "../../testing";
import { compare, type Ending } from "./ending";
import type { Act, Played, PlayedAct, Situation } from "./situation";
import { Stage } from "./stage";

/** One channel more than the streams of most situations: each sweep looks at those that are free. */
const channelIds = "1001,1002,1003";

/** Starts the program of this project as the situations need it. */
export function startProgram(config: Situation["config"] = {}): Promise<Local> {
  return startLocal("index.ts", { config: { channelIds, ...config } });
}

/** Which situations to play, and who is told of each that was. */
export interface PlayOptions {
  /** @default - every situation */
  readonly wanted?: (situation: Situation) => boolean;
  readonly onPlayed?: (played: Played) => void;
}

/** What a runtime has on record makes it slow: another one then takes its place. */
const maxInOneRuntime = 10;

/** Plays the situations of an act, one after the other. */
export async function playAct(
  act: Act,
  { wanted = () => true, onPlayed }: PlayOptions = {},
): Promise<PlayedAct> {
  const situations = (await act.situations()).filter(wanted);
  const played: Played[] = [];
  let shared: Local | undefined;
  try {
    for (const [index, situation] of situations.entries()) {
      if (situation.config || index % maxInOneRuntime === 0) {
        await shared?.stop();
        shared = undefined;
      }
      shared ??= await startProgram(situation.config);
      const { isTidy, ...one } = await play(situation, shared, `stream-${index + 1}`);
      played.push(one);
      onPlayed?.(one);
      if (situation.config || !isTidy) {
        await shared.stop();
        shared = undefined;
      }
    }
  } finally {
    await shared?.stop();
  }
  return { title: act.title, played };
}

async function play(
  situation: Situation,
  local: Local,
  streamId: string,
): Promise<Played & { readonly isTidy: boolean }> {
  const stage = await Stage.open(local, streamId);
  const wrong: string[] = [];
  await situation.play(stage).catch((error: unknown) => {
    wrong.push(error instanceof Error ? error.message : String(error));
  });
  const ending: Ending = await stage.close();
  wrong.push(...compare(ending, situation.expected));
  return { situation, ending, wrong, isTidy: wrong.length === 0 && (await stage.tidyUp()) };
}
