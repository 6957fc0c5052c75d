import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import type { UndeliveredEvent } from "../event-bridge/event-bridge";
import { type DeliveryFailure, deliverWithRetries } from "../event-bridge/event-delivery";
import { AwsError, type AwsService, unknownAction } from "../service";
import {
  optionalText,
  readSchedule,
  refuseOthers,
  type ScheduleSpec,
  type ScheduleTarget,
  scheduleName,
} from "./schedule-input";
import { deadLetterAttributes, runInput, type ScheduledRun, scheduleDescription } from "./schedule-runs";

/** What {@link Scheduler} needs. */
export interface SchedulerOptions {
  clock: Clock;
  region: string;
  accountId: string;
  /** Hands the input to the target. Any error is tried again, but for a `PermanentDeliveryError`. */
  deliver: (target: ScheduleTarget, input: Json, scheduleArn: string) => Promise<void>;
  /** Sends a message to a dead-letter queue, `attributes` being message attributes of type String. */
  deadLetter: (
    queueArn: string,
    body: string,
    attributes: Record<string, string>,
    roleArn: string,
  ) => Promise<void>;
  /** Whether the service may take on a target's role for a schedule. @default - any role */
  mayAssume?: (roleArn: string, scheduleArn: string) => boolean;
  /** Called with each run that was given up. */
  onUndelivered?: (undelivered: UndeliveredEvent) => void;
}

interface Schedule {
  readonly arn: string;
  readonly spec: ScheduleSpec;
  readonly createdAt: number;
  readonly ending: AbortController;
}

/** Simulated EventBridge Scheduler: one-time and recurring schedules of functions and state machines. */
export class Scheduler implements AwsService {
  /** By group and name. */
  readonly #schedules = new Map<string, Schedule>();
  readonly #groups = new Set(["default"]);
  readonly #stopping = new AbortController();

  constructor(private readonly options: SchedulerOptions) {}

  createScheduleGroup(name: string): void {
    this.#groups.add(name);
  }

  /**
   * Creates a schedule that the program declares, or replaces it where it has changed: a deployment leaves alone what is as it was. A new one is
   * taken to have been there before: a recurring one runs for the first time one period from now.
   *
   * @param input the input of CreateSchedule.
   * @throws {AwsError} as CreateSchedule does.
   */
  declareSchedule(input: JsonObject): void {
    const spec = readSchedule(input);
    const before = this.#schedules.get(`${spec.groupName}/${spec.name}`);
    if (before && isDeepStrictEqual(before.spec, spec)) return;
    if (before) this.#delete(before);
    this.#create(spec, false);
  }

  /** Ends all schedules, and gives up the runs that wait for another attempt. */
  stop(): void {
    this.#stopping.abort();
    for (const { ending } of this.#schedules.values()) ending.abort();
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "CreateSchedule":
        // Without a StartDate a recurring schedule begins at once.
        return { ScheduleArn: this.#create(readSchedule(input), true) };
      case "GetSchedule": {
        refuseOthers(input, action, ["GroupName", "Name"]);
        const { arn, spec, createdAt } = this.#find(input);
        return scheduleDescription(arn, spec, createdAt);
      }
      case "DeleteSchedule":
        refuseOthers(input, action, ["ClientToken", "GroupName", "Name"]);
        this.#delete(this.#find(input));
        return {};
      case "ListSchedules":
        return this.#list(input);
      default:
        throw unknownAction("Scheduler", action);
    }
  }

  #create(spec: ScheduleSpec, beginsAtOnce: boolean): string {
    const { clock, region, accountId, mayAssume } = this.options;
    const { name, groupName, target } = spec;
    const key = `${groupName}/${name}`;
    const arn = `arn:aws:scheduler:${region}:${accountId}:schedule/${key}`;
    if (!this.#groups.has(groupName)) {
      throw new AwsError("ResourceNotFoundException", `Schedule group ${groupName} does not exist.`, 404);
    }
    if (this.#schedules.has(key)) {
      throw new AwsError("ConflictException", `Schedule ${name} already exists.`, 409);
    }
    if (mayAssume?.(target.roleArn, arn) === false) {
      throw new AwsError(
        "ValidationException",
        `The execution role you provide must allow AWS EventBridge Scheduler to assume the role: ${target.roleArn}`,
      );
    }
    const schedule = { arn, spec, createdAt: clock.now(), ending: new AbortController() };
    this.#schedules.set(key, schedule);
    if (spec.isEnabled) void this.#run(schedule, beginsAtOnce);
    return arn;
  }

  #find(input: JsonObject): Schedule {
    const name = scheduleName(input, "Name");
    const groupName = optionalText(input, "GroupName") ?? "default";
    const schedule = this.#schedules.get(`${groupName}/${name}`);
    if (schedule) return schedule;
    throw new AwsError("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
  }

  #delete({ spec, ending }: Schedule): void {
    this.#schedules.delete(`${spec.groupName}/${spec.name}`);
    ending.abort();
  }

  #list(input: JsonObject): JsonObject {
    refuseOthers(input, "ListSchedules", ["GroupName", "NamePrefix", "State"]);
    const group = optionalText(input, "GroupName");
    const prefix = optionalText(input, "NamePrefix") ?? "";
    const state = optionalText(input, "State");
    const listed = [...this.#schedules.values()]
      .map(({ arn, spec, createdAt }) => scheduleDescription(arn, spec, createdAt))
      .filter(({ GroupName, Name, State }) => {
        return (
          (group ?? GroupName) === GroupName && String(Name).startsWith(prefix) && (state ?? State) === State
        );
      });
    return {
      Schedules: listed.map(
        ({ Arn, CreationDate, GroupName, LastModificationDate, Name, State, Target }) => ({
          ...{ Arn: Arn ?? "", Name: Name ?? "", GroupName: GroupName ?? "", State: State ?? "" },
          ...{ CreationDate: CreationDate ?? 0, LastModificationDate: LastModificationDate ?? 0 },
          Target: { Arn: (Target as JsonObject).Arn ?? "" },
        }),
      ),
    };
  }

  /** Waits for each time that the schedule is due. It never rejects. */
  async #run(schedule: Schedule, beginsAtOnce: boolean): Promise<void> {
    const { clock } = this.options;
    const { spec, createdAt, ending } = schedule;
    const what = `the schedule ${spec.groupName}/${spec.name}, ${spec.expression}`;
    const until = (time: number) => clock.wait(Math.max(time - clock.now(), 0), ending.signal, what);
    try {
      if (spec.times.kind === "once") {
        // One whose time has passed is due at once.
        await (spec.times.at > clock.now() ? until(spec.times.at) : nextTurn());
        if (ending.signal.aborted) return;
        await this.#fire(schedule, spec.times.at);
        if (spec.deletesItself && !ending.signal.aborted) this.#delete(schedule);
        return;
      }
      const { everyMilliseconds } = spec.times;
      if (beginsAtOnce) {
        await nextTurn();
        if (!ending.signal.aborted) void this.#fire(schedule, createdAt);
      }
      for (let due = createdAt + everyMilliseconds; ; due += everyMilliseconds) {
        await until(due);
        // A run that takes its time does not put the next one off.
        void this.#fire(schedule, due);
      }
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    }
  }

  /** Makes one run, with its retries. It never rejects. */
  async #fire({ arn, spec }: Schedule, scheduledAt: number): Promise<void> {
    const { clock, deliver } = this.options;
    const run: ScheduledRun = { scheduleArn: arn, executionId: randomUUID(), scheduledAt };
    const { target } = spec;
    let attempts = 0;
    const input = () => runInput(spec, run, attempts, this.options);
    const attempt = async () => {
      attempts += 1;
      await deliver(target, input(), arn);
    };
    const { signal } = this.#stopping;
    try {
      const failure = await deliverWithRetries(attempt, target.retryPolicy, clock.now(), clock, signal);
      if (failure) await this.#giveUp(spec, run, input(), failure);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #giveUp(spec: ScheduleSpec, run: ScheduledRun, input: Json, failure: DeliveryFailure): Promise<void> {
    const { deadLetterArn, roleArn, arn: targetArn } = spec.target;
    const undelivered = { ...failure, ruleArn: run.scheduleArn, targetArn, event: input as JsonObject };
    if (deadLetterArn === undefined) {
      this.options.onUndelivered?.(undelivered);
      return;
    }
    try {
      const attributes = deadLetterAttributes(spec, run, failure);
      await this.options.deadLetter(deadLetterArn, JSON.stringify(input), attributes, roleArn);
      this.options.onUndelivered?.({ ...undelivered, deadLetterArn });
    } catch {
      // As with a rule, what the queue does not take either is lost.
      this.options.onUndelivered?.(undelivered);
    }
  }
}
