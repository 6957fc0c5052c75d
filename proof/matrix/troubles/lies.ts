import { eventSource, streamLifecycleProgressed, streamProvisionRequested } from "../../../contracts";
import type { JsonObject } from "../../../local/json";
import { forgedKey } from "../forged";
import type { CallPlace } from "../sites";
import type { Story } from "../story";
import { bystander } from "../world";
import type { Trouble } from "./trouble";

/** Whose calls are the moments of a stream's life. */
const moments = ["streams-StreamLifecycleOrchestrator", "streams-StreamTeardown"];

/**
 * Events that a principal of `events.confirmationPrincipals` puts on the bus at a moment of the journey. It may confirm a stream READY or
 * FAILED, and nothing else: whatever else its events say has no effect. They have no effect one by one, and so have none together.
 */
export function lieTroubles({ caller, service, action, nth }: CallPlace): Trouble[] {
  if (!moments.includes(caller)) return [];
  const site = { service, action, caller, nth, when: "after" } as const;
  const common = { dimension: "lie" } as const;
  return [
    {
      ...common,
      name: "lied to",
      passes: true,
      isQuiet: true,
      put: (faults, story) =>
        faults.meanwhile(site, async () => {
          for (const lie of lies(story.streamId, await attemptOf(story))) await putForged(story, lie);
          await putOfOtherTypes(story);
        }),
    },
    {
      ...common,
      name: "reported FAILED with a lie",
      // It is FAILED then, as far as it has not ended, and nothing more than that.
      passes: false,
      put: (faults, story) =>
        faults.meanwhile(site, async () =>
          putForged(story, {
            ...{ streamId: story.streamId, status: "FAILED", attempt: await attemptOf(story) },
            ...{
              overdue: true,
              channelId: "1001",
              reason: `${"!".repeat(300)} ${forgedUrl} ${"!".repeat(300)}`,
            },
          }),
        ),
    },
  ];
}

const forgedUrl = `rtmps://ingest.example.com/live/${forgedKey}`;

/** Details that have to change nothing, whatever the stream's status is. */
function lies(streamId: string, attempt: number): JsonObject[] {
  const reason = `See ${forgedUrl}\n\u001b[2JSUBJECT: forged`;
  const asGuard = { overdue: true, origin: "orchestrator", reason };
  return [
    // An end that only the guard, the sweep or the API can bring about.
    { streamId, status: "COMPLETE", attempt, ...asGuard },
    { streamId, status: "COMPLETE", overdue: true },
    { streamId, status: "COMPLETE", attempt, origin: "api", channelId: "1001" },
    { streamId, status: "FAILED", attempt, ...asGuard },
    { streamId, status: "LIVE", attempt, reason },
    // Attempts that are not there, or not any more.
    { streamId, status: "FAILED", attempt: attempt + 1, reason },
    { streamId, status: "READY", attempt: attempt + 1 },
    { streamId, status: "FAILED", occurredAt: "2020-01-01T00:00:00Z", reason },
    // What is no stream, no status and no attempt.
    { streamId: null, status: "FAILED", attempt: "1; x", reason: {} },
    { streamId: [streamId], status: "COMPLETE", attempt },
    { streamId: "never-requested", status: "COMPLETE", attempt: 1, overdue: true, channelId: "1001" },
    { streamId: `${streamId}" } || true`, status: "FAILED" },
    { streamId, status: "failed", attempt },
    { streamId, status: ["FAILED"], attempt },
    ...[0, -1, 1.5, "1", null, {}].map((wrong) => ({ streamId, status: "FAILED", attempt: wrong })),
    { streamId, status: "FAILED", attempt, reason: { text: reason } },
    { streamId, status: "FAILED", attempt, occurredAt: "yesterday" },
    // The stream of others.
    { streamId: bystander, status: "COMPLETE", attempt: 1, ...asGuard },
    { streamId: bystander, status: "FAILED", attempt: 2, channelId: "1001", reason },
  ];
}

async function attemptOf(story: Story): Promise<number> {
  return (await story.attempts()).at(-1)?.attempt ?? 1;
}

/** Types that other rules of ours look for. AWS takes no source that begins with `aws.` from anybody. */
async function putOfOtherTypes(story: Story): Promise<void> {
  const { executionArn } = (await story.attempts()).at(-1) ?? {};
  const input = JSON.stringify({ streamId: story.streamId });
  const ended = { executionArn: executionArn ?? "none", status: "ABORTED", input };
  const { eventBusName } = story.world.local.streams.program;
  for (const bus of [eventBusName, "default"]) {
    await putForged(story, ended, "Step Functions Execution Status Change", bus);
    await putForged(story, { channel_arn: "1001", state: "STOPPED" }, "MediaLive Channel State Change", bus);
  }
  await putForged(story, { streamId: bystander, title: forgedKey }, streamProvisionRequested.detailType);
}

/** The mark tells the event from those of the program, and no function or workflow reads it. */
async function putForged(
  { world }: Story,
  detail: JsonObject,
  DetailType: string = streamLifecycleProgressed.detailType,
  EventBusName: string = world.local.streams.program.eventBusName,
): Promise<void> {
  const Detail = JSON.stringify({ ...detail, forged: true });
  const entry = { EventBusName, Source: eventSource, DetailType, Detail };
  await world.local.runtime.services.EventBridge.call("PutEvents", { Entries: [entry] });
}
