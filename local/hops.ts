import type { Caller, CallGate } from "./calls";
import { AccessDeniedError } from "./iam";
import type { Json } from "./json";
import type { InvocationResult, LambdaFunction } from "./lambda/function";
import type { Functions } from "./lambda/functions";
import { PermanentDeliveryError, type Sqs } from "./services";

export interface HopsOptions {
  readonly gate: CallGate;
  /** Known once the program was recorded. */
  readonly functions: () => Functions | undefined;
  readonly sqs: Sqs;
}

/** What AWS's services call of each other: every such call goes through the gate, in the name of the service that makes it. */
export class Hops {
  constructor(private readonly options: HopsOptions) {}

  /**
   * Hands an event to a rule's target.
   *
   * @throws {PermanentDeliveryError} where the target does not exist, or its policy lets no such rule in.
   */
  async deliver(targetArn: string, event: Json, ruleArn: string): Promise<void> {
    try {
      await this.send(ofRule(ruleArn), targetArn, event);
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      throw new PermanentDeliveryError("NO_PERMISSIONS", error.message);
    }
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

function ofRule(ruleArn: string): Caller {
  return { kind: "service", name: "events.amazonaws.com", sourceArn: ruleArn };
}
