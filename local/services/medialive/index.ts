import { everything, one, type PermissionsOf, text } from "../../iam/permissions";
import { idsInPolicies } from "../../record/graph";
import { defineService } from "../define-service";
import { MediaLive } from "./medialive";
import { mediaLiveJson } from "./wire";

const onChannel = (action: string): PermissionsOf =>
  one(
    action,
    ({ ChannelId }, { region, accountId }) =>
      `arn:aws:medialive:${region}:${accountId}:channel:${text(ChannelId)}`,
  );

export const mediaLive = defineService({
  name: "MediaLive",
  create: ({ clock, region, accountId, listener }) =>
    new MediaLive({
      clock,
      region,
      accountId,
      onStateChange: (channel) => listener.onChannelState?.(channel),
    }),

  outputs: {},

  /** Channels exist before the program: those that its policies name are made up, once. */
  declare(graph, service) {
    const known = new Set(service.channels().map(({ id }) => id));
    for (const id of idsInPolicies(graph, /arn:aws:medialive:[^:"]+:\d+:channel:(\w+)/g)) {
      if (!known.has(id)) service.addChannel(id);
    }
  },

  api: {
    signingName: "medialive",
    protocols: [mediaLiveJson],
    actions: {
      DescribeChannel: onChannel("medialive:DescribeChannel"),
      ListChannels: one("medialive:ListChannels", everything),
      StartChannel: onChannel("medialive:StartChannel"),
      StopChannel: onChannel("medialive:StopChannel"),
    },
    denial: { code: "AccessDeniedException", statusCode: 403 },
    faults: {
      throttle: ["TooManyRequestsException", "Too many requests", 429],
      broken: ["InternalServerErrorException", "Internal server error", 500],
    },
    integrations: { sdk: { name: "medialive", prefix: "MediaLive", denial: "MediaLiveException" } },
  },
});
