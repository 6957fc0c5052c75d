import type { Act } from "../situation";
import { confirmation } from "./confirmation";
import { ends } from "./ends";
import { inputs } from "./inputs";
import { kills } from "./kills";
import { operators } from "./operators";
import { requests } from "./requests";
import { scheduledStarts } from "./scheduled-starts";
import { services } from "./services";
import { sweeps } from "./sweeps";

/** The game day, act by act. */
export const acts: readonly Act[] = [
  confirmation,
  requests,
  scheduledStarts,
  ends,
  services,
  inputs,
  operators,
  sweeps,
  kills,
];
