import { type Local, startLocal } from "../testing";
import { compare } from "./report";
import type { Act, Ending, Played, Situation } from "./situation";
import { Stage } from "./stage";

/** More channels than an act has situations: a stream that is ready keeps its own. */
const manyChannels = Array.from({ length: 60 }, (_, index) => String(1001 + index)).join(",");

/** An act, and what became of its situations. */
export interface PlayedAct {
  readonly title: string;
  readonly played: readonly Played[];
}

/** Starts the program of this project as the situations need it. */
export function startProgram(config: Situation["config"] = {}): Promise<Local> {
  return startLocal("index.ts", { config: { channelIds: manyChannels, ...config } });
}

/** Which situations to play, and who is told of each that was. */
export interface PlayOptions {
  /** @default - every situation */
  readonly wanted?: (situation: Situation) => boolean;
  readonly onPlayed?: (played: Played) => void;
}

/** Plays the situations of an act, one after the other. */
export async function playAct(
  act: Act,
  { wanted = () => true, onPlayed }: PlayOptions = {},
): Promise<PlayedAct> {
  const situations = (await act.situations()).filter(wanted);
  const played: Played[] = [];
  const note = (one: Played) => {
    played.push(one);
    onPlayed?.(one);
  };
  let shared: Local | undefined;
  try {
    for (const [index, situation] of situations.entries()) {
      const streamId = `stream-${index + 1}`;
      if (situation.config) {
        const own = await startProgram(situation.config);
        note(await play(situation, own, streamId).finally(() => own.stop()));
      } else {
        shared ??= await startProgram();
        note(await play(situation, shared, streamId));
      }
    }
  } finally {
    await shared?.stop();
  }
  return { title: act.title, played };
}

async function play(situation: Situation, local: Local, streamId: string): Promise<Played> {
  const stage = await Stage.open(local, streamId);
  const wrong: string[] = [];
  await situation.play(stage).catch((error: unknown) => {
    wrong.push(error instanceof Error ? error.message : String(error));
  });
  const ending: Ending = await stage.close();
  return { situation, ending, wrong: [...wrong, ...compare(ending, situation.expected)] };
}
