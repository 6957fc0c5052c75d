import { isJsonObject } from "../../../local/json";
import type { Story } from "../story";

/** Guarantee 5: what stands in a history was on the bus, unless it came from there. */
export async function checkAnnouncements(story: Story): Promise<string[]> {
  const told = story.world.watch.events.flatMap(({ detail, "detail-type": type }) =>
    isJsonObject(detail) && detail.streamId === story.streamId ? [{ type, ...detail }] : [],
  );
  const isTold = (attempt: number, status: string) =>
    told.some((detail) => {
      const of: { attempt?: unknown; status?: unknown; type: unknown } = detail;
      return (
        of.attempt === attempt &&
        (of.status === status || (status === "PROVISIONING" && of.type === requested))
      );
    });
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
