import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { type EventContract, eventContracts, type JsonSchema } from "../../contracts";
import { describeEnvelope } from "../../contracts/event-envelope";
import type { CommonArgs } from "../common";

/** EventBridge's limit on the description of a schema. */
const maxDescriptionLength = 256;

/** A registry of EventBridge with the schema of each event, for consoles, IDEs and generators of code. */
export function createSchemaRegistry(
  name: string,
  { tags }: Pick<CommonArgs, "tags">,
  opts: pulumi.ComponentResourceOptions,
): void {
  const registry = new aws.schemas.Registry(
    name,
    { description: "The events of streams: when one is requested, what becomes of it, how it is.", tags },
    opts,
  );
  for (const event of eventContracts) {
    new aws.schemas.Schema(
      `${name}-${event.name}`,
      {
        // As EventBridge names those that it finds by itself.
        name: `${event.source}@${event.detailType}`,
        registryName: registry.name,
        type: "OpenApi3",
        description: event.description.slice(0, maxDescriptionLength),
        content: JSON.stringify(schemaContent(event)),
        tags,
      },
      opts,
    );
  }
}

/**
 * @returns the OpenAPI 3.0 document in which EventBridge keeps a schema, as it writes those of AWS's own events: the whole event is `AWSEvent`, from which
 * code is generated.
 */
export function schemaContent(event: EventContract) {
  const envelope = describeEnvelope(event, { $ref: `#/components/schemas/${event.name}` });
  return {
    openapi: "3.0.0",
    info: { version: "1.0.0", title: event.name },
    paths: {},
    components: {
      schemas: {
        AWSEvent: {
          ...envelope,
          "x-amazon-events-detail-type": event.detailType,
          "x-amazon-events-source": event.source,
        },
        [event.name]: toOpenApi30(event.detailSchema),
      },
    },
  };
}

/**
 * OpenAPI 3.0 has no `const`, and no `if` and `then`: a condition is left out, so that the schema takes a little more than the contract does.
 * https://spec.openapis.org/oas/v3.0.3#schema-object
 */
function toOpenApi30(schema: JsonSchema): JsonSchema {
  const { const: constant, allOf, properties, items, additionalProperties, ...others } = schema;
  const conditions = allOf as readonly JsonSchema[] | undefined;
  const kept = (conditions ?? []).filter((part) => !("if" in part));
  return {
    ...others,
    ...(constant !== undefined && { enum: [constant] }),
    ...(kept.length > 0 && { allOf: kept.map(toOpenApi30) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as { [name: string]: JsonSchema }).map(([name, each]) => [
          name,
          toOpenApi30(each),
        ]),
      ),
    }),
    ...(items !== undefined && { items: toOpenApi30(items as JsonSchema) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === "object"
          ? toOpenApi30(additionalProperties as JsonSchema)
          : additionalProperties,
    }),
  };
}
