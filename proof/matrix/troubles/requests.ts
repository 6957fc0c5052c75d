import type { CallPlace } from "../sites";
import { checkLaterRequest } from "./later-request";
import type { Trouble } from "./trouble";

/** A request that comes while a guard looks at the channels: it gets one, and keeps it. */
export function requestTroubles({ caller, service, action, nth }: CallPlace): Trouble[] {
  return (["before", "after"] as const).map((when) => ({
    name: `requested meanwhile, ${when} the call`,
    dimension: "sweep",
    passes: true,
    put: (faults, story) =>
      faults.meanwhile({ service, action, caller, nth, when }, async () => {
        void story.requestLater(story.streamId, 0);
      }),
    afterwards: (story) => checkLaterRequest(story, story.streamId, "requested while the guard was at work"),
  }));
}
