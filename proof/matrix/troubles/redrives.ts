import { against, type Finding } from "../guarantees";
import { becomeReady } from "../journeys/journey";
import type { CallPlace } from "../sites";
import { Story } from "../story";
import type { Trouble } from "./trouble";

/** A teardown that died is replaced after an hour. */
const sweepsUntilReplaced = 8;

/** Longer than the pause until the next sweep. */
const watchedMinutes = 11;

/**
 * Executions that are stopped at a call, and redriven: they go on in the state in which they were stopped. They are redriven at once, or after the
 * guards have cleaned up and another stream has got the channel. The latter shows something only where there is no other channel to get.
 */
export function redriveTroubles(place: CallPlace): Trouble[] {
  if (place.callerKind !== "state-machine") return [];
  return [redrivenLater(place, "before"), redrivenLater(place, "after"), redrivenAtOnce(place)];
}

function redrivenLater({ caller, service, action, nth }: CallPlace, when: "before" | "after"): Trouble {
  const site = { service, action, caller, nth };
  let stopped: string | undefined;
  return {
    name: `execution stopped${when === "before" ? " before" : ""}, cleaned up and redriven`,
    dimension: "redrive",
    passes: false,
    leavesLetters: true,
    put(faults, { world }) {
      faults.meanwhile({ ...site, when }, async () => {
        [stopped] = await world.stopExecutions(caller);
      });
      // Behind the stop: the call does not take effect, and the execution is not there to see its error.
      if (when === "before") faults.fail(site);
    },
    async afterwards(story) {
      if (stopped === undefined) return against("stuck", ["Nothing was stopped."]);
      await cleanUp(story);
      return redriveBesideOther(story, stopped);
    },
  };
}

function redrivenAtOnce({ caller, service, action, nth }: CallPlace): Trouble {
  return {
    name: "execution stopped, and redriven at once",
    dimension: "redrive",
    passes: false,
    leavesLetters: true,
    put: (faults, { world }) =>
      faults.meanwhile({ service, action, caller, nth, when: "after" }, async () => {
        for (const arn of await world.stopExecutions(caller)) await world.local.executions.redrive(arn);
      }),
  };
}

/** Has the guards do their work; a stream that is up nevertheless is given up. */
async function cleanUp(story: Story): Promise<void> {
  const { world } = story;
  await world.rest(2);
  const status = (await story.attempts()).at(-1)?.status;
  if (status === "READY" || status === "LIVE") {
    await story.put("COMPLETE");
    await world.local.clock.advance({ minutes: 1 });
  }
  if ((await world.local.streams.leases()).length > 0) await world.rest(sweepsUntilReplaced);
}

/** Another stream has got the channel meanwhile, and keeps what it has. */
async function redriveBesideOther(story: Story, execution: string): Promise<Finding[]> {
  const { world, streamId } = story;
  const { clock, encoder, executions, faults, streams } = world.local;
  const other = new Story(world, `${streamId}-other`);
  story.others.push(other.streamId);
  await becomeReady(other);
  const belongings = async () =>
    JSON.stringify([await streams.lease(other.streamId), await streams.playback(other.streamId)]);
  const before = { belongings: await belongings(), calls: faults.calls().length };
  await executions.redrive(execution);
  await clock.advance({ minutes: watchedMinutes });
  const { status, channelId = "" } = (await other.attempts()).at(-1) ?? {};
  const changed = faults.calls().slice(before.calls);
  const findings = [
    ...against(
      "double",
      changed.some(({ action }) => action === "StartChannel") ? ["Redriven, it started a channel."] : [],
    ),
    ...against("leftover", [
      ...(changed.some(({ action }) => action === "StopChannel")
        ? ["Redriven, it stopped the channel of another stream."]
        : []),
      ...((await belongings()) === before.belongings
        ? []
        : ["The other stream does not have its lease and entry any more."]),
      ...(status === "READY" && encoder.get(channelId).state === "RUNNING"
        ? []
        : [`The other stream is ${status}.`]),
    ]),
  ];
  await other.put("COMPLETE");
  await clock.advance({ minutes: 1 });
  return findings;
}
