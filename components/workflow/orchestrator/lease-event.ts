import type { StreamInput, StreamLifecycleProgressedDetail } from "../../../contracts";
import type { Named } from "../shared/expressions";
import { objectText, partOfJsonata } from "../shared/jsonata";

type Detail = Named<StreamLifecycleProgressedDetail>;

const members = {
  streamId: partOfJsonata("$provision.request.streamId"),
  status: '"PROVISIONING"',
  occurredAt: "$states.context.State.EnteredTime",
  attempt: partOfJsonata("$provision.attempt"),
  origin: '"orchestrator"',
  channelId: partOfJsonata("$provision.channel.channelId"),
} satisfies { [Member in keyof Detail]?: string };

/** The detail of the event that tells of a leased channel, in JSONata. */
export const leased = objectText<Omit<Detail, "reason" | "playback" | "inputs">>(members);

/** An address without its path, as `maskUrls` of the contracts masks it: the path of an RTMP address is a stream key. */
const masked = '$replace($address, /^([a-z]+:\\/\\/[^\\/]+)\\/.+$/, "$1/…")';

const maskedInput = objectText<Required<StreamInput>>({
  inputId: "$input.inputId",
  type: "$input.type",
  protocol: "$input.protocol",
  destinations: `$exists($input.destinations) ? [$map($input.destinations, function($address) { ${masked} })]`,
});

/** The same with the inputs of the channel, as `$inputs` has them, their addresses masked. */
export const leasedWithInputs = objectText<Omit<Detail, "reason" | "playback">>({
  ...members,
  inputs: `[$map($inputs, function($input) { ${maskedInput} })]`,
});

/** Whether the inputs of the attempt's channel are known, in JSONata: the event then waits for their addresses. */
export const hasInputs = partOfJsonata("$count($provision.inputs) > 0");
