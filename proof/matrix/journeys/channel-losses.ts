import { against, type Finding } from "../guarantees";
import type { Story } from "../story";
import { becomeReady, type Journey } from "./journey";

/** How streams lose their channels while they are up or about to be, and how one is READY by evidence. */
export const channelLosses: readonly Journey[] = [
  {
    name: "ready, and its channel dies",
    async play(story) {
      await becomeReady(story);
      await loseChannel(story);
      story.noteLoss();
    },
    check: isTold,
  },
  {
    name: "provisioned, its channel dies, and ready",
    // StreamHealth may be faster than the workflow that is told of READY.
    mayEndOtherwise: true,
    async play(story) {
      await story.request();
      await story.untilWaiting();
      await loseChannel(story);
      await story.put("READY");
      story.noteLoss();
      await story.untilEnded();
      await story.world.local.clock.advance({ minutes: 1 });
    },
  },
  {
    name: "ready, and its channel is restarted",
    config: { onChannelLost: "restart" },
    async play(story) {
      await becomeReady(story);
      await loseChannel(story);
      await story.world.local.clock.advance({ minutes: 1 });
    },
    check: isTold,
  },
  {
    name: "ready, its channel is restarted, and complete",
    config: { onChannelLost: "restart" },
    async play(story) {
      await becomeReady(story);
      await loseChannel(story);
      await story.put("COMPLETE");
    },
  },
  {
    name: "ready by evidence",
    config: {
      readinessMode: "automatic",
      playbackDomainName: "d111111abcdef8.cloudfront.net",
      manifests: "main=HLS:index.m3u8",
    },
    async play(story) {
      await story.request();
      await story.untilEnded();
    },
  },
];

/** Has the channel of the stream's latest attempt die. */
async function loseChannel(story: Story): Promise<void> {
  story.mark("its channel dies");
  await story.killChannel();
  await story.world.local.clock.advance({ seconds: 1 });
}

/** On-call is told of a loss: once, or twice where it is not known whether a message went out. */
async function isTold({ world, streamId }: Story): Promise<Finding[]> {
  const told = world.notifications().filter(({ subject }) => subject?.includes(`Stream ${streamId}:`)).length;
  return told === 1 || told === 2
    ? []
    : against("paged", [`On-call was told ${told} times that the channel died.`]);
}
