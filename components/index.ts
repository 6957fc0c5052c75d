/** The Pulumi component and its arguments. The contracts are exported from `./contracts`. */

export type { ApiDomainTarget } from "./api/domain";
export {
  type StreamEvent,
  type StreamEventHandler,
  StreamEventSubscription,
} from "./events/stream-event-subscription";
export type { StreamOrchestrationNodes } from "./nodes";
export { type TableIndex, type TableSchema, tableSchemas } from "./storage/table-schemas";
export { StreamOrchestration } from "./stream-orchestration";
export type {
  ApiArgs,
  ApiDomainArgs,
  AuthArgs,
  ChannelInputArgs,
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
  TablesArgs,
  TeamsArgs,
  ThrottleArgs,
  WebhookArgs,
} from "./stream-orchestration-args";
