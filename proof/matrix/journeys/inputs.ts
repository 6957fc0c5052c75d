import type { Place } from "../sites";
import { becomeReady, type Journey } from "./journey";

/** The states of a channel whose inputs are set. Those around them are the same as in any other journey. */
const sites = [
  ...["DecideInput", "ReadInput", "SetInputSources", "RecordInputs", "PublishInputs"],
  ...["ConfirmEncoderLease", "ProvisionEncoderInfrastructure"],
].map((state) => `.${state}`);

function isOfInputs(place: Place): boolean {
  return place.kind === "call" && place.callerKind === "state-machine" && sites.includes(place.site);
}

/** Channels that fetch what each request names. `checkStart` sees that none starts with the source of another stream. */
export const inputs: readonly Journey[] = [
  {
    name: "fetched, and ready",
    config: { channelInputs: "RTMP_PULL:71,RTMP_PULL:72,RTMP_PULL:73" },
    // Other streams have endpoints that these channels do not take.
    isAlone: true,
    isLookedAt: isOfInputs,
    async play(story) {
      // Not the same up to here as a journey with other channels.
      story.mark("its channel is to fetch");
      await becomeReady(story);
    },
  },
];
