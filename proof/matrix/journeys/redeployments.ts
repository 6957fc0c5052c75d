import type { Place } from "../sites";
import type { Story } from "../story";
import { becomeReady, type Journey } from "./journey";

/** What the program of the matrix has without any configuration of a journey. */
const firstDistribution = "E2QWRUHAPOMQZL";

/** The distribution of before is drained: entries in it are only taken out. */
const otherDistribution = { distributionId: "ESECOND", formerDistributionIds: firstDistribution };

/** The channels of before are drained, and there are new ones: for the stream, and for one that is requested meanwhile. */
const otherPool = { channelIds: "1001,1002,1003,2001,2002", drainingChannelIds: "1001,1002,1003" };

/** The calls that go by what an attempt has, and not by what the deployment of today says. */
const isAboutBelongings = (place: Place) =>
  place.kind === "call" &&
  place.callerKind === "state-machine" &&
  /Playback|Channel|Lease|Place|Removal/.test(place.site);

const common = { dimension: "deployment", isAlone: true, isLookedAt: isAboutBelongings } as const;

async function redeploy(story: Story, change: { readonly [key: string]: string }): Promise<void> {
  story.mark(`redeployed with ${Object.keys(change).join()}`);
  await story.world.redeploy(change);
}

/**
 * Deployments over a deployment that has streams, with another pool, another distribution or both, at each stage of a stream. Each stage meets
 * one of the three: what an attempt has stands on its own item and lease, so that the change and the stage have nothing to do with each other.
 */
export const redeployments: readonly Journey[] = [
  {
    name: "ready, redeployed with another pool, and complete",
    ...common,
    async play(story) {
      await becomeReady(story);
      await redeploy(story, otherPool);
      await story.put("COMPLETE");
    },
  },
  {
    name: "ready, redeployed with another distribution, and complete",
    ...common,
    async play(story) {
      await becomeReady(story);
      await redeploy(story, otherDistribution);
      await story.put("COMPLETE");
    },
  },
  {
    name: "provisioning, redeployed with both, and ready",
    ...common,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await redeploy(story, { ...otherPool, ...otherDistribution });
      await story.put("READY");
      await story.untilEnded();
      await story.put("COMPLETE");
    },
  },
  {
    name: "stopped, redeployed with both, and found by the sweep",
    ...common,
    leavesLetters: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      story.mark("the end is not delivered");
      story.world.local.faults.refuse({ forGood: true, target: "streams-recover-execution" });
      await story.stop();
      await redeploy(story, { ...otherPool, ...otherDistribution });
    },
  },
  {
    name: "failed, redeployed with both, and requested again",
    ...common,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await story.put("FAILED");
      await redeploy(story, { ...otherPool, ...otherDistribution });
      await becomeReady(story);
    },
  },
];
