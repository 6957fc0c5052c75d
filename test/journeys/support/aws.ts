import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
} from "@aws-sdk/client-cloudfront";
import { DynamoDBClient, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from "@aws-sdk/client-eventbridge";
import { type ChannelState, DescribeChannelCommand, MediaLiveClient } from "@aws-sdk/client-medialive";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Attempt, Lease } from "../../../contracts/internal";
import { resourcesOfType } from "../../../local/record/graph";
import type { Runtime } from "../../../local/runtime";

/** A look into a runtime, by the AWS SDK and over the wire. */
export class Aws {
  readonly sfn: SFNClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly medialive: MediaLiveClient;
  readonly cloudfront: CloudFrontClient;
  readonly sqs: SQSClient;

  constructor(private readonly runtime: Runtime) {
    const settings = {
      endpoint: runtime.awsUrl,
      region: runtime.region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    };
    this.sfn = new SFNClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
    this.events = new EventBridgeClient(settings);
    this.medialive = new MediaLiveClient(settings);
    this.cloudfront = new CloudFrontClient(settings);
    this.sqs = new SQSClient(settings);
  }

  destroy(): void {
    for (const client of [this.sfn, this.dynamodb, this.events, this.medialive, this.cloudfront, this.sqs]) {
      client.destroy();
    }
  }

  /** A stack output. */
  output(name: string): string {
    return String(this.runtime.graph.outputs[name]);
  }

  executionArn(streamId: string, attempt = 1): string {
    return `${this.output("stateMachineArn").replace(":stateMachine:", ":execution:")}:${streamId}_${attempt}`;
  }

  execution(streamId: string, attempt = 1): Promise<DescribeExecutionCommandOutput> {
    return this.sfn.send(
      new DescribeExecutionCommand({ executionArn: this.executionArn(streamId, attempt) }),
    );
  }

  async history(streamId: string, attempt = 1): Promise<HistoryEvent[]> {
    const executionArn = this.executionArn(streamId, attempt);
    const events: HistoryEvent[] = [];
    for await (const page of paginateGetExecutionHistory({ client: this.sfn }, { executionArn })) {
      events.push(...(page.events ?? []));
    }
    return events;
  }

  /** The last event of an execution's history. */
  async lastEvent(streamId: string, attempt = 1): Promise<HistoryEvent | undefined> {
    const { events } = await this.sfn.send(
      new GetExecutionHistoryCommand({
        executionArn: this.executionArn(streamId, attempt),
        reverseOrder: true,
        maxResults: 1,
      }),
    );
    return events?.[0];
  }

  /** The states that an execution entered, in their order. */
  async states(streamId: string, attempt = 1): Promise<string[]> {
    const events = await this.history(streamId, attempt);
    return events.flatMap(({ stateEnteredEventDetails: entered }) => (entered?.name ? [entered.name] : []));
  }

  /** A stream's attempts, the latest first. */
  async attempts(streamId: string): Promise<Attempt[]> {
    const { Items } = await this.dynamodb.send(
      new QueryCommand({
        TableName: this.output("tableName"),
        KeyConditionExpression: "streamId = :id",
        ExpressionAttributeValues: { ":id": { S: streamId } },
        ScanIndexForward: false,
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).map((item) => unmarshall(item) as Attempt);
  }

  /** A stream's latest attempt. */
  async item(streamId: string): Promise<Attempt> {
    const [latest] = await this.attempts(streamId);
    if (!latest) throw new Error(`No attempt at stream '${streamId}' is in the table.`);
    return latest;
  }

  /** Every lease there is. */
  async leases(): Promise<Lease[]> {
    const tables = resourcesOfType(this.runtime.graph, "aws:dynamodb/table:Table");
    const table = tables.find(({ inputs }) => inputs.hashKey === "channelId");
    const { Items } = await this.dynamodb.send(
      new ScanCommand({ TableName: String(table?.outputs.name), ConsistentRead: true }),
    );
    return (Items ?? []).map((item) => unmarshall(item) as Lease);
  }

  async lease(streamId: string): Promise<Lease | undefined> {
    return (await this.leases()).find((lease) => lease.streamId === streamId);
  }

  async channelState(channelId = ""): Promise<ChannelState | undefined> {
    const { State } = await this.medialive.send(new DescribeChannelCommand({ ChannelId: channelId }));
    return State;
  }

  get distributionId(): string {
    return "E2QWRUHAPOMQZL";
  }

  async distribution(): Promise<{ etag: string | undefined; config: DistributionConfig }> {
    const { ETag, DistributionConfig } = await this.cloudfront.send(
      new GetDistributionConfigCommand({ Id: this.distributionId }),
    );
    if (!DistributionConfig) throw new Error("The distribution has no configuration.");
    return { etag: ETag, config: DistributionConfig };
  }

  /** The ids of the distribution's origins and the patterns of its behaviours that name a stream. */
  async playback(streamId: string): Promise<{ origins: string[]; patterns: string[] }> {
    const { config } = await this.distribution();
    return {
      origins: (config.Origins?.Items ?? []).flatMap(({ Id = "" }) => (Id.includes(streamId) ? [Id] : [])),
      patterns: (config.CacheBehaviors?.Items ?? []).flatMap(({ PathPattern = "" }) =>
        PathPattern.includes(streamId) ? [PathPattern] : [],
      ),
    };
  }

  /** Puts a StreamLifecycleProgressed event on the bus, as anybody may. */
  announce(detail: object): Promise<PutEventsCommandOutput> {
    return this.events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.output("eventBusName"),
            Source: "com.guidogerb.streams",
            DetailType: "StreamLifecycleProgressed",
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
  }

  get deadLettersUrl(): string {
    const [queue] = resourcesOfType(this.runtime.graph, "aws:sqs/queue:Queue");
    return String(queue?.outputs.url);
  }

  /** What is in the dead-letter queue, hidden from then on. */
  async deadLetters(): Promise<Message[]> {
    const { Messages } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.deadLettersUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      }),
    );
    return Messages ?? [];
  }
}
