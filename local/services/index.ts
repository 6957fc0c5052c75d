export { CloudFront, type CloudFrontOptions } from "./cloudfront/cloudfront";
export type { AlarmChange, AlarmState } from "./cloudwatch/alarm-message";
export { readAlarm } from "./cloudwatch/alarm-spec";
export { Alarms, type AlarmsOptions } from "./cloudwatch/alarms";
export { DynamoDb, type DynamoDbOptions, type TableSpec } from "./dynamodb/dynamodb";
export {
  type ArchiveSpec,
  EventBridge,
  type EventBridgeOptions,
  type RuleSpec,
  type TargetSpec,
  type UndeliveredEvent,
} from "./event-bridge/event-bridge";
export { PermanentDeliveryError } from "./event-bridge/event-delivery";
export { LambdaApi } from "./lambda/lambda-api";
export { type Channel, type ChannelState, MediaLive, type MediaLiveOptions } from "./medialive/medialive";
export { Scheduler, type SchedulerOptions } from "./scheduler/scheduler";
export { AwsError, type AwsService, ConnectionLost, unknownAction } from "./service";
export { type PublishedMessage, Sns, type SnsOptions, type SubscriptionSpec } from "./sns/sns";
export { Sqs, type SqsOptions } from "./sqs/sqs";
