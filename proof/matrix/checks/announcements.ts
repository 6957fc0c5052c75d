import type { Story } from "../story";
import { isForged } from "./belief";

/** Guarantee 5: what stands in a history was on the bus, unless it came from there. */
export async function checkAnnouncements(story: Story): Promise<string[]> {
  const told = story.world.local.streams.events(story.streamId).filter((detail) => !isForged(detail));
  const isTold = (attempt: number, status: string) =>
    told.some(
      (event) =>
        event.attempt === attempt &&
        (event.status === status || (status === "PROVISIONING" && event.detailType === requested)),
    );
  const attempts = await story.attempts();
  return attempts.flatMap(({ attempt, history }) =>
    history.flatMap(({ status, origin }) => {
      // Whoever hears how an attempt ended has not missed that it began.
      const isLate = status === "PROVISIONING" && history.some((later) => isTold(attempt, later.status));
      const isFromBus = origin !== "api" && origin !== "orchestrator";
      return isTold(attempt, status) || isLate || isFromBus
        ? []
        : [`${status} of attempt ${attempt} (by ${origin}) was never announced.`];
    }),
  );
}

const requested = "StreamProvisionRequested";
