/** The Pulumi component and its arguments. The contracts are exported from `./contracts`. */
export {
  type StreamEvent,
  type StreamEventHandler,
  StreamEventSubscription,
} from "./events/stream-event-subscription";
export { StreamOrchestration } from "./stream-orchestration";
export type {
  AuthArgs,
  CorsArgs,
  EncoderArgs,
  EncoderChannelArgs,
  EventsArgs,
  JwtArgs,
  NetworkArgs,
  NotificationTargetArgs,
  ObservabilityArgs,
  OnCallArgs,
  PagerDutyArgs,
  PlaybackArgs,
  SlackArgs,
  StreamOrchestrationArgs,
  TeamsArgs,
  ThrottleArgs,
  WebhookArgs,
} from "./stream-orchestration-args";
