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
const maxInOneRuntime = 40;

/** Plays the situations of an act, one after the other. */
export async function playAct(
  act: Act,
  { wanted = () => true, onPlayed }: PlayOptions = {},
): Promise<PlayedAct> {
  const situations = (await act.situations()).filter(wanted);
  const played: Played[] = [];
  let shared: Local | undefined;
  let config = "";
  let left = 0;
  try {
    for (const [index, situation] of situations.entries()) {
      const needed = JSON.stringify(situation.config ?? {});
      if (left === 0 || config !== needed) {
        await shared?.stop();
        shared = undefined;
      }
      if (!shared) {
        shared = await startProgram(situation.config);
        config = needed;
        left = maxInOneRuntime;
      }
      const { isTidy, ...one } = await play(situation, shared, `stream-${index + 1}`);
      played.push(one);
      onPlayed?.(one);
      left = isTidy ? left - 1 : 0;
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
