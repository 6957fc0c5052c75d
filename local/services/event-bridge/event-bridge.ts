import { setImmediate as nextTurn } from "node:timers/promises";
import { Receivers } from "../../http/receivers";
import type { Json, JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";
import { ApiDestinations } from "./api-destinations";
import {
  type DeliveryFailure,
  defaultRetryPolicy,
  deliverWithRetries,
  type RetryPolicy,
} from "./event-delivery";
import { type EventDraft, entriesOf, envelope, readEntry } from "./event-entries";
import { type TargetInput, targetInput } from "./event-input";
import { compileEventPattern, type EventPattern } from "./event-pattern";
import { type RuleSchedule, readRuleSchedule } from "./rule-schedule";

/** A rule to create. */
export interface RuleSpec {
  name: string;
  /** A name or an ARN. @default "default" */
  eventBusName?: string;
  /** The pattern, or its JSON text. @default - a rule that runs on a schedule alone */
  eventPattern?: JsonObject | string;
  /** `rate(…)` or `cron(…)`, on the default bus. @default - no schedule */
  scheduleExpression?: string;
  /** @default "ENABLED" */
  state?: "ENABLED" | "DISABLED";
}

/** A rule's target to create. */
export interface TargetSpec extends TargetInput {
  /** The rule's name. */
  rule: string;
  /** The rule's bus, a name or an ARN. @default "default" */
  eventBusName?: string;
  id: string;
  arn: string;
  /** The role that EventBridge takes on to start a state machine. */
  roleArn?: string;
  /** The queue that gets the events this target did not. @default - such events are dropped */
  deadLetterArn?: string;
  retryPolicy?: Partial<RetryPolicy>;
}

/** An archive as it was declared. The local runtime keeps no events for replay. */
export interface ArchiveSpec {
  name: string;
  eventBusName: string;
  eventPattern?: JsonObject | string;
  /** 0 keeps for ever. */
  retentionDays?: number;
}

/** An event that did not reach a target. */
export interface UndeliveredEvent extends DeliveryFailure {
  /** The rule, or the schedule whose input it is. */
  ruleArn: string;
  targetArn: string;
  event: JsonObject;
  /** The queue it went to; without one it is lost. */
  deadLetterArn?: string;
}

/** What {@link EventBridge} needs. */
export interface EventBridgeOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /**
   * Hands an event to a target. Any error is retried, but for a `PermanentDeliveryError`.
   * As on AWS a Lambda function counts as reached once it was invoked: what it throws is its own affair.
   */
  deliver: (targetArn: string, event: Json, ruleArn: string, roleArn?: string) => Promise<void>;
  /** Sends a message to a dead-letter queue, `attributes` being message attributes of type String. */
  deadLetter: (queueArn: string, body: string, attributes: Record<string, string>) => Promise<void>;
  /** Plays the hosts that API destinations call. @default - nobody does */
  receivers?: Receivers;
  /** Called with each event a bus accepts, before it is delivered. */
  onEvent?: (busName: string, event: JsonObject) => void;
  /** Called with each event that was given up for a target. */
  onUndelivered?: (undelivered: UndeliveredEvent) => void;
}

interface Rule {
  arn: string;
  name: string;
  isEnabled: boolean;
  /** Undefined for a rule that runs on a schedule alone. */
  matches: EventPattern | undefined;
  /** As ListRules shows it. */
  shown: JsonObject;
  targets: Map<string, TargetSpec>;
  /** Ends what a schedule still has to do. */
  ending: AbortController;
}

/** Simulated EventBridge: buses, rules and at-least-once delivery to their targets. */
export class EventBridge implements AwsService {
  readonly #buses = new Map<string, Map<string, Rule>>([["default", new Map()]]);
  readonly #archives: ArchiveSpec[] = [];
  readonly #stopping = new AbortController();
  readonly apiDestinations: ApiDestinations;

  constructor(private readonly options: EventBridgeOptions) {
    const { clock, receivers = new Receivers() } = options;
    this.apiDestinations = new ApiDestinations({ clock, receivers, signal: this.#stopping.signal });
  }

  /** @returns the bus's ARN. */
  createEventBus(name: string): string {
    this.#buses.set(name, this.#buses.get(name) ?? new Map<string, Rule>());
    return this.#arn(`event-bus/${name}`);
  }

  /**
   * Creates a rule, or changes it and keeps its targets.
   * @returns the rule's ARN.
   * @throws {AwsError} `InvalidEventPatternException` that names the path, `ResourceNotFoundException` for the bus.
   */
  putRule(spec: RuleSpec): string {
    const busName = nameOf(spec.eventBusName);
    const rules = this.#rulesOf(busName);
    const arn = this.#arn(busName === "default" ? `rule/${spec.name}` : `rule/${busName}/${spec.name}`);
    const before = rules.get(spec.name);
    const { eventPattern, scheduleExpression } = spec;
    const schedule = scheduleExpression === undefined ? undefined : readRuleSchedule(scheduleExpression);
    if (schedule && busName !== "default") {
      throw new AwsError(
        "ValidationException",
        "ScheduleExpression is supported only on the default event bus.",
      );
    }
    const rule: Rule = {
      arn,
      name: spec.name,
      isEnabled: spec.state !== "DISABLED",
      matches: eventPattern === undefined ? undefined : compileEventPattern(eventPattern),
      shown: {
        ...{ Name: spec.name, Arn: arn, EventBusName: busName },
        ...(eventPattern !== undefined && { EventPattern: patternText(eventPattern) }),
        ...(scheduleExpression !== undefined && { ScheduleExpression: scheduleExpression }),
        State: spec.state === "DISABLED" ? "DISABLED" : "ENABLED",
      },
      targets: before?.targets ?? new Map<string, TargetSpec>(),
      ending: new AbortController(),
    };
    before?.ending.abort();
    rules.set(spec.name, rule);
    if (schedule && rule.isEnabled) void this.#run(rule, schedule);
    return arn;
  }

  /** @throws {AwsError} `ResourceNotFoundException` for the bus or the rule. */
  putTarget(spec: TargetSpec): void {
    const rule = this.#rulesOf(nameOf(spec.eventBusName)).get(spec.rule);
    if (rule === undefined) {
      throw new AwsError("ResourceNotFoundException", `Rule ${spec.rule} does not exist.`);
    }
    rule.targets.set(spec.id, spec);
  }

  createArchive(spec: ArchiveSpec): void {
    const index = this.#archives.findIndex(({ name }) => name === spec.name);
    if (index === -1) this.#archives.push(spec);
    else this.#archives[index] = spec;
  }

  archives(): readonly ArchiveSpec[] {
    return this.#archives;
  }

  /**
   * Puts an event on a bus as an AWS service does, whose sources begin with `aws.`.
   * @returns the event's id.
   * @throws {AwsError} `ResourceNotFoundException` for the bus.
   */
  emit(eventBusName: string, draft: EventDraft): string {
    const busName = nameOf(eventBusName);
    const rules = this.#rulesOf(busName);
    const acceptedAt = this.options.clock.now();
    const event = envelope(draft, this.options.region, this.options.accountId, acceptedAt);
    this.options.onEvent?.(busName, event);
    for (const rule of rules.values()) {
      if (!rule.isEnabled || !rule.matches?.(event)) continue;
      for (const target of rule.targets.values()) void this.#deliver(rule, target, event, acceptedAt);
    }
    return String(event.id);
  }

  /** Gives up the deliveries that wait for another attempt, and ends the rules on a schedule. */
  stop(): void {
    this.#stopping.abort();
    for (const rules of this.#buses.values()) for (const { ending } of rules.values()) ending.abort();
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "PutEvents":
        return this.#putEvents(input);
      // No action of AWS's API, but the permission of a rule that calls a destination is asked for by this name.
      case "InvokeApiDestination":
        await this.apiDestinations.invoke(String(input.Arn), input.Payload ?? {});
        return {};
      case "DescribeEventBus": {
        const name = nameOf(input.Name);
        this.#rulesOf(name);
        return { Name: name, Arn: this.#arn(`event-bus/${name}`) };
      }
      case "ListEventBuses":
        return {
          EventBuses: namesWith(input.NamePrefix, [...this.#buses.keys()]).map((Name) => ({
            Name,
            Arn: this.#arn(`event-bus/${Name}`),
          })),
        };
      case "ListRules": {
        const EventBusName = nameOf(input.EventBusName);
        const rules = this.#rulesOf(EventBusName);
        return {
          Rules: namesWith(input.NamePrefix, [...rules.keys()]).flatMap(
            (name) => rules.get(name)?.shown ?? [],
          ),
        };
      }
      default:
        throw unknownAction("EventBridge", action);
    }
  }

  #putEvents(input: JsonObject): JsonObject {
    const results = entriesOf(input).map((entry): JsonObject => {
      try {
        const busName = nameOf((entry as JsonObject).EventBusName);
        return { EventId: this.emit(busName, readEntry(entry)) };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return { ErrorCode: error.code, ErrorMessage: error.message };
      }
    });
    return {
      FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length,
      Entries: results,
    };
  }

  /** Sends the targets of a rule the event of each time that it is due. It never rejects. */
  async #run(rule: Rule, schedule: RuleSchedule): Promise<void> {
    const { clock, region, accountId } = this.options;
    const { signal } = rule.ending;
    const since = clock.now();
    for (let due = schedule(since, since); due !== undefined; due = schedule(due, since)) {
      try {
        await clock.wait(
          Math.max(due - clock.now(), 0),
          signal,
          `the rule ${rule.name}, which runs on a schedule`,
        );
      } catch {
        return;
      }
      const draft = {
        detailType: "Scheduled Event",
        source: "aws.events",
        resources: [rule.arn],
        detail: {},
      };
      const event = envelope({ ...draft, time: due }, region, accountId, due);
      for (const target of rule.targets.values()) void this.#deliver(rule, target, event, due);
    }
  }

  async #deliver(rule: Rule, target: TargetSpec, event: JsonObject, acceptedAt: number): Promise<void> {
    // The publisher gets its answer first: nothing it does may rest on a target having run.
    await nextTurn();
    const context = { ruleArn: rule.arn, ruleName: rule.name, acceptedAt };
    const attempt = async () => {
      const input = targetInput(target, structuredClone(event), context);
      await this.options.deliver(target.arn, input, rule.arn, target.roleArn);
    };
    const policy = { ...defaultRetryPolicy, ...target.retryPolicy };
    const { clock } = this.options;
    try {
      const failure = await deliverWithRetries(attempt, policy, acceptedAt, clock, this.#stopping.signal);
      if (failure !== undefined) await this.#giveUp(rule, target, event, failure);
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }

  /** Attributes as in the EventBridge user guide, "Using dead-letter queues to process undelivered events". */
  async #giveUp(rule: Rule, target: TargetSpec, event: JsonObject, failure: DeliveryFailure): Promise<void> {
    const undelivered = { ...failure, ruleArn: rule.arn, targetArn: target.arn, event };
    const { deadLetterArn } = target;
    if (deadLetterArn === undefined) {
      this.options.onUndelivered?.(undelivered);
      return;
    }
    const { exhausted } = failure;
    try {
      await this.options.deadLetter(deadLetterArn, JSON.stringify(event), {
        RULE_ARN: rule.arn,
        TARGET_ARN: target.arn,
        ERROR_CODE: failure.code,
        ERROR_MESSAGE: failure.message,
        RETRY_ATTEMPTS: String(failure.retryAttempts),
        ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
      });
      this.options.onUndelivered?.({ ...undelivered, deadLetterArn });
    } catch {
      // AWS drops an event whose dead-letter queue does not take it either.
      this.options.onUndelivered?.(undelivered);
    }
  }

  #rulesOf(busName: string): Map<string, Rule> {
    const rules = this.#buses.get(busName);
    if (rules === undefined) {
      // AWS accepts an event for a bus that does not exist and loses it; here that is said.
      throw new AwsError("ResourceNotFoundException", `Event bus ${busName} does not exist.`);
    }
    return rules;
  }

  #arn(resource: string): string {
    return `arn:aws:events:${this.options.region}:${this.options.accountId}:${resource}`;
  }
}

function patternText(pattern: JsonObject | string): string {
  return typeof pattern === "string" ? pattern : JSON.stringify(pattern);
}

function namesWith(prefix: Json | undefined, names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(typeof prefix === "string" ? prefix : ""));
}

/** @returns a bus's name, given its name, its ARN or nothing. */
export function nameOf(bus: Json | undefined): string {
  if (typeof bus !== "string" || bus === "") return "default";
  return bus.startsWith("arn:") ? bus.slice(bus.indexOf("/") + 1) : bus;
}
