import { randomUUID } from "node:crypto";
import type { Caller, CallGate } from "../calls/calls";
import { AccessDeniedError } from "../iam";
import type { Json, JsonObject } from "../json";
import type { InvocationResult, LambdaFunction } from "../lambda/function";
import type { Functions } from "../lambda/functions";
import { AwsError, PermanentDeliveryError, type Sqs } from "../services";
import type { AwsServices } from "../wire";

export interface HopsOptions {
  readonly gate: CallGate;
  /** Known once the program was recorded. */
  readonly functions: () => Functions | undefined;
  readonly sqs: Sqs;
  readonly services: () => AwsServices;
}

/** What a schedule or a rule wants reached, and the role in whose name, where it has one. */
export interface HopTarget {
  readonly arn: string;
  readonly roleArn?: string | undefined;
}

/** What AWS's services call of each other: every such call goes through the gate, in the name of the service that makes it. */
export class Hops {
  constructor(private readonly options: HopsOptions) {}

  /**
   * Hands an event to a rule's target: a function or a queue by its policy, a state machine by the target's role.
   *
   * @throws {PermanentDeliveryError} where the target does not exist, or policy or role let no such rule in.
   */
  deliver({ arn, roleArn }: HopTarget, event: Json, ruleArn: string): Promise<void> {
    const caller = ofRule(ruleArn);
    return isStateMachine(arn)
      ? orForGood(() => this.startExecution({ ...caller, roleArn }, arn, event))
      : orForGood(() => this.send(caller, arn, event));
  }

  /**
   * Hands a schedule's input to its target, always by the target's role.
   *
   * @throws {PermanentDeliveryError} where the target does not exist, or the role may not call it.
   */
  deliverScheduled({ arn, roleArn }: HopTarget, input: Json, scheduleArn: string): Promise<void> {
    const caller = ofSchedule(scheduleArn, roleArn);
    return isStateMachine(arn)
      ? orForGood(() => this.startExecution(caller, arn, input))
      : orForGood(() => this.send(caller, arn, input));
  }

  /** Puts what a schedule could not deliver into its dead-letter queue, by the target's role. */
  deadLetterScheduled(
    queueArn: string,
    body: string,
    attributes: Record<string, string>,
    roleArn: string,
  ): Promise<void> {
    return this.sendMessage(ofSchedule(attributes.SCHEDULE_ARN ?? "", roleArn), queueArn, body, attributes);
  }

  /** Publishes what an alarm has to say, by the topic's policy. */
  async publish(alarmArn: string, input: JsonObject): Promise<void> {
    const caller: Caller = { kind: "service", name: "cloudwatch.amazonaws.com", sourceArn: alarmArn };
    await this.servicesFor(caller).SNS?.call("Publish", input);
  }

  /** Puts an event that a rule could not deliver into its dead-letter queue. */
  deadLetter(queueArn: string, body: string, attributes: Record<string, string>): Promise<void> {
    return this.sendMessage(ofRule(attributes.RULE_ARN ?? ""), queueArn, body, attributes);
  }

  /** Sends the record of an invocation that failed for good where the function wants it, with the function's own role. */
  sendToDestination(caller: Caller, destinationArn: string, record: Json): Promise<void> {
    return this.send(caller, destinationArn, record);
  }

  /** @returns a function as a route of an HTTP API reaches it. */
  ofRoute(target: LambdaFunction, routeArn: string): { invoke(event: Json): Promise<InvocationResult> } {
    const caller: Caller = { kind: "service", name: "apigateway.amazonaws.com", sourceArn: routeArn };
    return { invoke: (event) => this.invoke(caller, target, () => target.invoke(event)) };
  }

  private async send(caller: Caller, targetArn: string, payload: Json): Promise<void> {
    const functions = this.options.functions();
    const target = functions?.find(targetArn);
    if (target) {
      await this.invoke(caller, target, async () => functions?.invokeForEvent(target, payload));
    } else if (targetArn.startsWith("arn:aws:sqs:")) {
      await this.sendMessage(caller, targetArn, JSON.stringify(payload));
    } else {
      throw new PermanentDeliveryError("NO_RESOURCE", `The target ${targetArn} does not exist.`);
    }
  }

  private async startExecution(caller: Caller, stateMachineArn: string, event: Json): Promise<void> {
    const input = { stateMachineArn, name: randomUUID(), input: JSON.stringify(event) };
    await this.servicesFor(caller).StepFunctions?.call("StartExecution", input);
  }

  private servicesFor(caller: Caller): AwsServices {
    return this.options.gate.servicesFor(caller, this.options.services());
  }

  private invoke<T>(caller: Caller, target: LambdaFunction, proceed: () => Promise<T>): Promise<T> {
    const input = { FunctionName: target.settings.arn };
    return this.options.gate.perform({ caller, service: "Lambda", action: "Invoke", input }, proceed);
  }

  private async sendMessage(
    caller: Caller,
    queueArn: string,
    body: string,
    attributes?: Record<string, string>,
  ): Promise<void> {
    const { gate, sqs } = this.options;
    const input = { QueueUrl: sqs.queueUrl(queueArn.split(":").at(-1) ?? ""), MessageBody: body };
    await gate.perform({ caller, service: "SQS", action: "SendMessage", input }, async () =>
      sqs.send(queueArn, body, attributes),
    );
  }
}

/** What no other attempt would mend is given up at once. */
async function orForGood(attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof AccessDeniedError) throw new PermanentDeliveryError("NO_PERMISSIONS", error.message);
    if (error instanceof AwsError && error.code === "StateMachineDoesNotExist") {
      throw new PermanentDeliveryError("NO_RESOURCE", error.message);
    }
    throw error;
  }
}

function isStateMachine(arn: string): boolean {
  return /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(arn);
}

function ofSchedule(scheduleArn: string, roleArn: string | undefined): Caller {
  return { kind: "service", name: "scheduler.amazonaws.com", sourceArn: scheduleArn, roleArn };
}

function ofRule(ruleArn: string): Caller {
  return { kind: "service", name: "events.amazonaws.com", sourceArn: ruleArn };
}
