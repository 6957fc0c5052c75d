import { batches } from "./batches";
import { channelLosses } from "./channel-losses";
import { confirmations } from "./confirmations";
import { distributions } from "./distributions";
import { endings } from "./endings";
import { hands } from "./hands";
import { inputs } from "./inputs";
import { interruptions } from "./interruptions";
import type { Journey } from "./journey";
import { lastPlaces } from "./last-places";
import { redeployments } from "./redeployments";
import { redrives } from "./redrives";
import { repetitions } from "./repetitions";
import { schedules } from "./schedules";

export type { Journey } from "./journey";

/** Each way there is. */
export const journeys: readonly Journey[] = [
  ...confirmations,
  ...distributions,
  ...endings,
  ...interruptions,
  ...repetitions,
  ...schedules,
  ...lastPlaces,
  ...batches,
  ...hands,
  ...redeployments,
  ...redrives,
  ...channelLosses,
  ...inputs,
];
