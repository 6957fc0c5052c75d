import type { Message } from "@aws-sdk/client-sqs";

/** Where a dead letter belongs, and what its target is to get. */
export interface Delivery {
  readonly targetArn: string;
  readonly service: "lambda" | "states";
  /** JSON text. */
  readonly payload: string;
  /** What it is about, for people: an event's type, or a schedule. */
  readonly what: string;
}

type Json = { readonly [member: string]: unknown };

/**
 * Reads a message of the dead-letter queue. Three services put messages there: EventBridge an event that a rule could not
 * deliver, EventBridge Scheduler the input that a schedule could not, and Lambda the record of an invocation that failed
 * for good.
 *
 * @returns where to deliver it, or undefined for a message that none of them has sent.
 */
export function readDeadLetter({ Body = "", MessageAttributes = {} }: Message): Delivery | undefined {
  const body = parse(Body);
  if (!body) return undefined;
  const notification = readNotification(body, Body);
  if (notification) return notification;
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  const targetArn = attribute("TARGET_ARN");
  if (targetArn !== undefined) {
    const service = serviceOf(targetArn);
    const scheduleArn = attribute("SCHEDULE_ARN");
    if (!service) return undefined;
    // A rule invokes a function with the whole event. StreamTeardown takes from one what says which attempt it is about, in every release.
    const { streamId, attempt } = (body.detail ?? {}) as Json;
    const startsTeardown = service === "states" && scheduleArn === undefined;
    return {
      targetArn,
      service,
      payload: startsTeardown ? JSON.stringify({ streamId, attempt }) : Body,
      what: scheduleArn === undefined ? describeEvent(body) : `the schedule ${scheduleArn}`,
    };
  }
  const { requestContext, requestPayload } = body as { requestContext?: Json; requestPayload?: Json };
  const functionArn = requestContext?.functionArn;
  if (typeof functionArn !== "string" || requestPayload === undefined) return undefined;
  return {
    targetArn: functionArn.replace(/:\$LATEST$/, ""),
    service: "lambda",
    payload: JSON.stringify(requestPayload),
    what: describeEvent(requestPayload),
  };
}

/**
 * Reads a notification that a target did not get. It names the function that sends it to that target again: an API destination cannot be called by
 * hand.
 */
function readNotification(body: Json, payload: string): Delivery | undefined {
  if (body["detail-type"] !== "StreamNotification" || !Array.isArray(body.resources)) return undefined;
  const targetArn = (body.resources as unknown[]).find(
    (arn): arn is string => typeof arn === "string" && serviceOf(arn) === "lambda",
  );
  const { target, title } = (body.detail ?? {}) as Json;
  const what = `StreamNotification "${String(title)}" for ${String(target)}`;
  return targetArn === undefined ? undefined : { targetArn, service: "lambda", payload, what };
}

function describeEvent(event: Json): string {
  const { streamId, status } = (event.detail ?? {}) as Json;
  return [event["detail-type"], status, streamId].filter((part) => typeof part === "string").join(" ");
}

function serviceOf(arn: string): Delivery["service"] | undefined {
  const service = arn.split(":")[2];
  return service === "lambda" || service === "states" ? service : undefined;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
