/** The Pulumi component and its arguments. The contracts are exported from `./contracts`. */
export {
  type StreamEvent,
  type StreamEventHandler,
  StreamEventSubscription,
} from "./events/stream-event-subscription";
export { StreamOrchestration } from "./stream-orchestration";
export type {
  AuthArgs,
  ChannelInputArgs,
  CorsArgs,
  EncoderArgs,
  EncoderChannelArgs,
  EventsArgs,
  JwtArgs,
  NetworkArgs,
  ObservabilityArgs,
  OnCallArgs,
  PlaybackArgs,
  StreamOrchestrationArgs,
  ThrottleArgs,
} from "./stream-orchestration-args";
