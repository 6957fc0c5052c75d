import { cloudFront } from "./cloudfront";
import { cloudWatch } from "./cloudwatch";
import { cloudWatchLogs } from "./cloudwatch-logs";
import type { ServiceApi, ServiceDefinition } from "./define-service";
import { dynamoDb } from "./dynamodb";
import { eventBridge } from "./event-bridge";
import { lambda } from "./lambda";
import { mediaLive } from "./medialive";
import { scheduler } from "./scheduler";
import { secretsManager } from "./secrets-manager";
import type { AwsService } from "./service";
import { sns } from "./sns";
import { sqs } from "./sqs";
import { stepFunctions } from "./step-functions";
import { sts } from "./sts";

export { CloudFront } from "./cloudfront/cloudfront";
export type { AlarmChange, AlarmState } from "./cloudwatch/alarm-message";
export type { MetricValue } from "./cloudwatch/metric";
export type { ReportedMetric } from "./cloudwatch/metric-log";
export { DynamoDb } from "./dynamodb/dynamodb";
export type { UndeliveredEvent } from "./event-bridge/event-bridge";
export { PermanentDeliveryError } from "./event-bridge/event-delivery";
export {
  type Channel,
  type ChannelDelays,
  type ChannelState,
  type Input,
  MediaLive,
} from "./medialive/medialive";
export { AwsError, type AwsService, ConnectionLost } from "./service";
export type { PublishedMessage } from "./sns/sns";

/**
 * Every simulated service. This is the one list of them: wire protocols, permissions, faults, recorded outputs, declarations, integrations
 * and the types of `Runtime.services` derive from it. Services are created in this order and stopped in the reverse.
 */
export const services = [
  lambda,
  cloudFront,
  mediaLive,
  sns,
  sqs,
  eventBridge,
  dynamoDb,
  stepFunctions,
  scheduler,
  secretsManager,
  cloudWatch,
  cloudWatchLogs,
  sts,
] as const;

type Registered = (typeof services)[number];

type Callable = Extract<Registered, { readonly api: ServiceApi }>;

/** The services that have an API, by the names of their SDKs. */
export type ServiceName = Callable["name"];

/** The running service of each definition, by its name. */
export type Services = {
  readonly [TDefinition in Registered as TDefinition["name"]]: TDefinition extends ServiceDefinition<
    string,
    infer TService
  >
    ? TService
    : never;
};

/** The services as a caller reaches them; one that is left out is refused by name. */
export type AwsServices = { readonly [name in ServiceName]?: AwsService };

/** The API of each service that has one. */
export const apis = Object.fromEntries(services.flatMap(({ name, api }) => (api ? [[name, api]] : []))) as {
  readonly [name in ServiceName]: ServiceApi;
};
