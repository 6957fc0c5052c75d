import { everything, one, type PermissionsOf, text } from "../../iam/permissions";
import { idsInPolicies, resourcesOfType } from "../../record/graph";
import { digest, localArn } from "../../record/outputs";
import { defineService } from "../define-service";
import { declaredInput, declareInputs } from "./declared-inputs";
import { MediaLive } from "./medialive";
import { mediaLiveJson } from "./wire";

const onChannel = (action: string): PermissionsOf =>
  one(
    action,
    ({ ChannelId }, { region, accountId }) =>
      `arn:aws:medialive:${region}:${accountId}:channel:${text(ChannelId)}`,
  );

const onInput = (action: string): PermissionsOf =>
  one(
    action,
    ({ InputId }, { region, accountId }) => `arn:aws:medialive:${region}:${accountId}:input:${text(InputId)}`,
  );

/** MediaLive's ids are numbers of seven digits. */
function madeUpId(seed: string): string {
  return String(1_000_000 + (Number.parseInt(digest(seed, 8), 16) % 9_000_000));
}

export const mediaLive = defineService({
  name: "MediaLive",
  create: ({ clock, region, accountId, listener, signals }) =>
    new MediaLive({
      clock,
      region,
      accountId,
      onStateChange: (channel) => listener.onChannelState?.(channel),
      onEvent: (event) => signals.emit("channelEvent", event),
    }),

  outputs: {
    "aws:medialive/channel:Channel": ({ physicalName, givenId, inputs, place }) => {
      const id = givenId ?? madeUpId(physicalName);
      const arn = localArn(place, "medialive", `channel:${id}`);
      return { id, channelId: id, name: physicalName, arn, tagsAll: inputs.tags ?? {} };
    },
    "aws:medialive/input:Input": ({ physicalName, givenId, inputs, place }) => {
      const id = givenId ?? madeUpId(`input ${physicalName}`);
      return {
        ...{ id, name: physicalName, arn: localArn(place, "medialive", `input:${id}`) },
        ...{ attachedChannels: [], inputPartnerIds: [], inputSourceType: "STATIC" },
        inputClass: declaredInput(inputs).inputClass,
        tagsAll: inputs.tags ?? {},
      };
    },
    "aws:medialive/inputSecurityGroup:InputSecurityGroup": ({ physicalName, givenId, inputs, place }) => {
      const id = givenId ?? madeUpId(`group ${physicalName}`);
      const arn = localArn(place, "medialive", `inputSecurityGroup:${id}`);
      return { id, arn, inputs: [], tagsAll: inputs.tags ?? {} };
    },
  },

  /** Channels that are not the program's own exist before it: those that its policies name are made up, once. */
  declare(graph, service) {
    const declared = new Set(service.channels().map(({ id }) => id));
    for (const { id, inputs, outputs } of resourcesOfType(graph, "aws:medialive/channel:Channel")) {
      const pipelines = inputs.channelClass === "STANDARD" ? 2 : 1;
      if (!declared.has(id)) service.addChannel(id, { name: String(outputs.name), pipelines });
    }
    const known = new Set(service.channels().map(({ id }) => id));
    for (const id of idsInPolicies(graph, /arn:aws:medialive:[^:"]+:\d+:channel:(\w+)/g)) {
      if (!known.has(id)) service.addChannel(id);
    }
    declareInputs(graph, service);
  },

  api: {
    signingName: "medialive",
    protocols: [mediaLiveJson],
    actions: {
      DescribeChannel: onChannel("medialive:DescribeChannel"),
      ListChannels: one("medialive:ListChannels", everything),
      DescribeInput: onInput("medialive:DescribeInput"),
      ListInputs: one("medialive:ListInputs", everything),
      UpdateInput: onInput("medialive:UpdateInput"),
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
