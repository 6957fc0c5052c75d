import type { CallPlace } from "../sites";
import type { Trouble } from "./trouble";

/** The stream's channel dies, at any moment of its life. */
export function channelTroubles({ caller, service, action, nth }: CallPlace): Trouble[] {
  return (["before", "after"] as const).map((when) => ({
    name: `the channel dies ${when} the call`,
    dimension: "channel",
    passes: false,
    put: (faults, story) =>
      faults.meanwhile({ service, action, caller, nth, when }, async () => {
        if (await story.killChannel()) story.noteLoss();
      }),
  }));
}
