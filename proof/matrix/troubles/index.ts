import type { Journey } from "../journeys/journey";
import type { Place } from "../sites";
import { callTroubles } from "./calls";
import { channelTroubles } from "./channels";
import { deliveryTroubles } from "./deliveries";
import { foreignTroubles } from "./foreign";
import { guardTroubles } from "./guards";
import { lateTroubles } from "./late";
import { lieTroubles } from "./lies";
import { stopTroubles } from "./stops";
import type { Trouble } from "./trouble";

export { type Circumstances, noTrouble, type Trouble } from "./trouble";

/** @returns everything that can go wrong at a place of a journey. */
export function troublesAt(place: Place, journey: Journey): Trouble[] {
  if (place.kind === "delivery") return deliveryTroubles(place);
  return [
    ...callTroubles(place),
    ...stopTroubles(place),
    ...lateTroubles(place),
    ...guardTroubles(place, journey),
    ...foreignTroubles(place, journey),
    ...lieTroubles(place),
    ...channelTroubles(place),
  ];
}
