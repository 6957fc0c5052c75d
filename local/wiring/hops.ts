import { randomUUID } from "node:crypto";
import type { Caller, CallGate } from "../calls/calls";
import { AccessDeniedError } from "../iam/enforce";
import type { Json, JsonObject } from "../json";
import type { InvocationResult, LambdaFunction } from "../lambda/function";
import type { Functions } from "../lambda/functions";
import { AwsError, PermanentDeliveryError, type Services } from "../services";
import { isApiDestinationArn } from "../services/event-bridge/api-destinations";
import type { ServiceHops } from "../services/service-context";
import { isStateMachineArn } from "../services/step-functions/step-functions-shapes";
import type { Deliveries } from "./deliveries";

export interface HopsOptions {
  readonly gate: CallGate;
  readonly deliveries: Deliveries;
  /** Known once the program was recorded. */
  readonly functions: () => Functions | undefined;
  /** Names the resource with an ARN that is only recorded. */
  readonly inertTarget: (arn: string) => string | undefined;
  /** Known once all are created. */
  readonly services: () => Services;
}

/** What AWS's services call of each other: every such call goes through the gate, in the name of the service that makes it. */
export class Hops implements ServiceHops {
  constructor(private readonly options: HopsOptions) {}

  deliver(caller: Caller, targetArn: string, event: Json): Promise<void> {
    return this.options.deliveries.perform({ targetArn, event }, () =>
      orForGood(() =>
        isStateMachineArn(targetArn)
          ? this.startExecution(caller, targetArn, event)
          : isApiDestinationArn(targetArn)
            ? this.callApiDestination(caller, targetArn, event)
            : this.send(caller, targetArn, event),
      ),
    );
  }

  async sendMessage(
    caller: Caller,
    queueArn: string,
    body: string,
    attributes?: Record<string, string>,
  ): Promise<void> {
    const { gate, services } = this.options;
    const { SQS } = services();
    const input = { QueueUrl: SQS.queueUrl(queueArn.split(":").at(-1) ?? ""), MessageBody: body };
    await gate.perform({ caller, service: "SQS", action: "SendMessage", input }, async () =>
      SQS.send(queueArn, body, attributes),
    );
  }

  async publish(caller: Caller, input: JsonObject): Promise<void> {
    await this.call(caller, "SNS", "Publish", input);
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
    } else if (targetArn.startsWith("arn:aws:sns:")) {
      await this.publish(caller, { TopicArn: targetArn, Message: JSON.stringify(payload) });
    } else if (targetArn.startsWith("arn:aws:sqs:")) {
      await this.sendMessage(caller, targetArn, JSON.stringify(payload));
    } else {
      const inert = this.options.inertTarget(targetArn);
      const why = inert === undefined ? "does not exist" : `is only recorded, not served: ${inert}`;
      throw new PermanentDeliveryError("NO_RESOURCE", `The target ${targetArn} ${why}.`);
    }
  }

  private async startExecution(caller: Caller, stateMachineArn: string, event: Json): Promise<void> {
    const input = { stateMachineArn, name: randomUUID(), input: JSON.stringify(event) };
    await this.call(caller, "StepFunctions", "StartExecution", input);
  }

  private async callApiDestination(caller: Caller, arn: string, event: Json): Promise<void> {
    await this.call(caller, "EventBridge", "InvokeApiDestination", { Arn: arn, Payload: event });
  }

  private call(
    caller: Caller,
    service: "EventBridge" | "SNS" | "StepFunctions",
    action: string,
    input: JsonObject,
  ): Promise<JsonObject> {
    const { gate, services } = this.options;
    return gate.perform({ caller, service, action, input }, () => services()[service].call(action, input));
  }

  private invoke<T>(caller: Caller, target: LambdaFunction, proceed: () => Promise<T>): Promise<T> {
    const input = { FunctionName: target.settings.arn };
    return this.options.gate.perform({ caller, service: "Lambda", action: "Invoke", input }, proceed);
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
