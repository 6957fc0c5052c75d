import type { Json, JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import type { MetricValue } from "../cloudwatch/metric";
import { AwsError, type AwsService, unknownAction } from "../service";
import { embeddedMetrics } from "./embedded-metrics";

export interface CloudWatchLogsOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  /** Takes the metrics that are in the lines. @default - they are dropped */
  readonly onMetric?: (value: MetricValue) => void;
}

interface LogEvent {
  readonly id: number;
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  retentionInDays: number | undefined;
  events: LogEvent[];
}

/** A group keeps its newest events. */
const keptEvents = 10_000;

/** AWS's own limit of a page. */
const largestPage = 10_000;

/** CloudWatch Logs: the log groups of the program, and what its functions wrote to them. */
export class CloudWatchLogs implements AwsService {
  private readonly groups = new Map<string, LogGroup>();
  private lastId = 0;

  constructor(private readonly options: CloudWatchLogsOptions) {}

  createGroup(name: string, retentionInDays?: number): LogGroup {
    const known = this.groups.get(name);
    const group = known ?? { name, createdAt: this.now(), retentionInDays, events: [] };
    if (retentionInDays !== undefined) group.retentionInDays = retentionInDays;
    this.groups.set(name, group);
    return group;
  }

  /** Takes a line of a function's log. Lambda creates the group with the first line, where the program has none. */
  write(groupName: string, stream: string, message: string): void {
    const group = this.createGroup(groupName);
    for (const value of embeddedMetrics(message)) this.options.onMetric?.(value);
    group.events.push({ id: ++this.lastId, stream, timestamp: this.now(), message });
    // Half as many again before they are cut: to cut at each line would copy all of them.
    if (group.events.length > keptEvents * 1.5) group.events = group.events.slice(-keptEvents);
  }

  /**
   * Actions: DescribeLogGroups, DescribeLogStreams, FilterLogEvents.
   *
   * @throws {AwsError} `ResourceNotFoundException` for the group, `InvalidParameterException` for a filter that is not served.
   */
  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "DescribeLogGroups":
        return this.describeGroups(input);
      case "DescribeLogStreams":
        return this.describeStreams(input);
      case "FilterLogEvents":
        return this.filter(input);
      default:
        throw unknownAction("CloudWatchLogs", action);
    }
  }

  private describeGroups({ logGroupNamePrefix = "", logGroupNamePattern = "" }: JsonObject): JsonObject {
    const found = [...this.groups.values()]
      .filter(({ name }) => name.startsWith(String(logGroupNamePrefix)))
      .filter(({ name }) => name.toLowerCase().includes(String(logGroupNamePattern).toLowerCase()))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    return {
      logGroups: found.map(({ name, createdAt, retentionInDays, events }) => ({
        logGroupName: name,
        creationTime: createdAt,
        ...(retentionInDays !== undefined && { retentionInDays }),
        metricFilterCount: 0,
        arn: `${this.arnOf(name)}:*`,
        logGroupArn: this.arnOf(name),
        storedBytes: events.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
        logGroupClass: "STANDARD",
      })),
    };
  }

  private describeStreams(input: JsonObject): JsonObject {
    const { name, events } = this.groupOf(input);
    const times = new Map<string, { readonly first: number; readonly last: number }>();
    for (const { stream, timestamp } of events) {
      times.set(stream, { first: times.get(stream)?.first ?? timestamp, last: timestamp });
    }
    return {
      logStreams: [...times].map(([stream, { first, last }]) => ({
        logStreamName: stream,
        arn: `${this.arnOf(name)}:log-stream:${stream}`,
        ...{ creationTime: first, firstEventTimestamp: first, lastEventTimestamp: last },
      })),
    };
  }

  private filter(input: JsonObject): JsonObject {
    const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER, limit = largestPage, nextToken = "0" } = input;
    const isMeant = streamFilter(input);
    const matches = patternFilter(input.filterPattern);
    const found = this.groupOf(input).events.filter(
      (event) =>
        event.id > Number(nextToken) &&
        event.timestamp >= Number(startTime) &&
        event.timestamp < Number(endTime) &&
        isMeant(event.stream) &&
        matches(event.message),
    );
    const page = found.slice(0, Number(limit));
    return {
      events: page.map(({ id, stream, timestamp, message }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime: timestamp,
        eventId: String(id).padStart(56, "0"),
      })),
      searchedLogStreams: [],
      ...(page.length < found.length && { nextToken: String(page.at(-1)?.id ?? nextToken) }),
    };
  }

  private groupOf({ logGroupName, logGroupIdentifier }: JsonObject): LogGroup {
    const name = String(logGroupName ?? logGroupIdentifier).replace(
      /^arn:[^:]*:logs:[^:]*:[^:]*:log-group:/,
      "",
    );
    const group = this.groups.get(name);
    if (!group) throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    return group;
  }

  private arnOf(name: string): string {
    const { region, accountId } = this.options;
    return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
  }

  private now(): number {
    return Math.floor(this.options.clock.now());
  }
}

function streamFilter({ logStreamNames, logStreamNamePrefix = "" }: JsonObject): (stream: string) => boolean {
  if (Array.isArray(logStreamNames)) return (stream) => logStreamNames.includes(stream);
  return (stream) => stream.startsWith(String(logStreamNamePrefix));
}

/**
 * Reads a filter pattern of terms: a line matches that has all of them; `-` before a term excludes it, quotes hold one together.
 *
 * @throws {AwsError} `InvalidParameterException` for patterns of JSON or of columns, and for optional terms and regular expressions.
 */
function patternFilter(pattern: Json | undefined): (message: string) => boolean {
  const text = typeof pattern === "string" ? pattern.trim() : "";
  if (/^[{[]/.test(text) || /(^|\s)[?%]/.test(text)) {
    throw new AwsError(
      "InvalidParameterException",
      `The local runtime serves filter patterns of terms alone, such as ERROR -"rate exceeded"; received ${text}`,
    );
  }
  const terms = [...text.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].map(([, minus, quoted, plain]) => ({
    isExcluded: minus === "-",
    term: quoted ?? plain ?? "",
  }));
  return (message) => terms.every(({ isExcluded, term }) => message.includes(term) !== isExcluded);
}
