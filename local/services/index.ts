export type { AlarmChange, AlarmState } from "./alarm-message";
export { readAlarm } from "./alarm-spec";
export { Alarms, type AlarmsOptions } from "./alarms";
export { CloudFront, type CloudFrontOptions } from "./cloudfront";
export { DynamoDb, type DynamoDbOptions, type TableSpec } from "./dynamodb";
export {
  type ArchiveSpec,
  EventBridge,
  type EventBridgeOptions,
  type RuleSpec,
  type TargetSpec,
  type UndeliveredEvent,
} from "./event-bridge";
export { PermanentDeliveryError } from "./event-delivery";
export { LambdaApi } from "./lambda-api";
export { type Channel, type ChannelState, MediaLive, type MediaLiveOptions } from "./medialive";
export { Scheduler, type SchedulerOptions } from "./scheduler";
export { AwsError, type AwsService, ConnectionLost, unknownAction } from "./service";
export { type PublishedMessage, Sns, type SnsOptions, type SubscriptionSpec } from "./sns";
export { Sqs, type SqsOptions } from "./sqs";
