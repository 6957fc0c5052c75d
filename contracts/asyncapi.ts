import { apiInfo } from "./api-info";
import { describeEnvelope } from "./event-envelope";
import { type EventContract, eventContracts, streamLifecycleProgressed } from "./events";
import type { JsonSchema } from "./json-schema";

/** An AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export interface AsyncApiDocument {
  readonly asyncapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string; readonly [member: string]: unknown };
  readonly channels: { readonly [name: string]: JsonSchema };
  readonly operations: { readonly [name: string]: JsonSchema };
  readonly [member: string]: unknown;
}

/** The channel's name in the document. */
const bus = "eventBus";

/**
 * Describes the events on a deployment's bus: its messages are whole events, as a target of an EventBridge rule gets them.
 *
 * @returns a document of its own at each call: one channel, an operation `send…` for each event that a deployment puts on its bus, and an operation
 * `receive…` for the one that it takes from other programs.
 */
export function buildAsyncApiDocument(): AsyncApiDocument {
  return structuredClone({
    asyncapi: "3.0.0",
    info: {
      ...apiInfo,
      title: "GuidoGerb Stream Orchestration Events",
      description:
        "Tells what becomes of each stream. EventBridge delivers each event at least once, and in any order.",
    },
    defaultContentType: "application/json",
    servers: {
      eventBridge: {
        host: "events.{region}.amazonaws.com",
        protocol: "https",
        description: "Amazon EventBridge. Subscribe by a rule on the bus.",
        variables: { region: { description: "The Region of the deployment, such as `eu-west-1`." } },
      },
    },
    channels: {
      [bus]: {
        address: "{eventBusName}",
        description: "The event bus of a deployment.",
        parameters: { eventBusName: { description: "The deployment's output `eventBusName`." } },
        messages: Object.fromEntries(
          eventContracts.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries(
        eventContracts.map((event) => [`send${event.name}`, operation("send", event, event.description)]),
      ),
      receiveStreamLifecycleProgressed: operation(
        "receive",
        streamLifecycleProgressed,
        "READY or FAILED of another program confirms a stream. The bus takes it from the roles in `events.confirmationPrincipals`.",
      ),
    },
    components: {
      messages: Object.fromEntries(eventContracts.map((event) => [event.name, describeMessage(event)])),
    },
  } satisfies AsyncApiDocument);
}

function operation(action: "send" | "receive", { name }: EventContract, description: string) {
  return {
    action,
    channel: { $ref: `#/channels/${bus}` },
    summary: name,
    description,
    messages: [{ $ref: `#/channels/${bus}/messages/${name}` }],
  };
}

function describeMessage(event: EventContract) {
  const { name, source, detailType, description, detailSchema, example } = event;
  return {
    name,
    title: name,
    summary: description,
    payload: describeEnvelope(event, detailSchema),
    examples: [
      {
        name,
        payload: {
          version: "0",
          id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
          "detail-type": detailType,
          source,
          account: "123456789012",
          time: "2027-03-20T17:45:12Z",
          region: "eu-west-1",
          resources: [],
          detail: example,
        },
      },
    ],
  };
}
