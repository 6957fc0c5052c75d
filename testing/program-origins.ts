import { isJsonObject, type Json, type JsonObject } from "../local/json";
import type { ChannelOrigin, ProgramOrigins } from "../local/playback/channel-origins";
import { type Graph, resourcesOfType } from "../local/record/graph";
import type { Services } from "../local/services";
import { plainItem } from "./attribute-value";

/**
 * Says where the output of a program's channels is: at the origins that its StreamOrchestrations give their streams. What a channel shows is the
 * attempt that has its lease.
 */
export function programOrigins(graph: Graph, services: Services): ProgramOrigins {
  const leaseTables = resourcesOfType(graph, "aws:dynamodb/table:Table")
    .filter(({ name, inputs }) => name.endsWith("-leases") && inputs.hashKey === "channelId")
    .map(({ outputs }) => String(outputs.name));
  return {
    channels: channelsOf(graph),
    contentOf: async (channelId) => {
      for (const TableName of leaseTables) {
        const Key = { channelId: { S: channelId } };
        const { Item } = await services.DynamoDB.call("GetItem", { TableName, Key, ConsistentRead: true });
        const { streamId, attempt } = isJsonObject(Item) ? plainItem(Item) : {};
        if (streamId !== undefined) return `${String(streamId)}, attempt ${String(attempt)}`;
      }
      return undefined;
    },
  };
}

/** The entries of the channel pools, which the state machines hand to their functions. */
function channelsOf(graph: Graph): ChannelOrigin[] {
  const found = new Map<string, ChannelOrigin>();
  for (const { inputs } of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
    for (const entry of poolEntries(JSON.parse(String(inputs.definition)) as Json)) {
      const { channelId, originDomainName, originPath } = entry;
      if (typeof channelId !== "string") continue;
      found.set(channelId, {
        channelId,
        ...(typeof originDomainName === "string" && { domainName: originDomainName }),
        ...(typeof originPath === "string" && originPath !== "" && { path: originPath }),
      });
    }
  }
  return [...found.values()];
}

function poolEntries(value: Json): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(poolEntries);
  if (!isJsonObject(value)) return [];
  const { channels, ...others } = value;
  const pool = Array.isArray(channels) ? channels.filter(isJsonObject) : [];
  return [...pool, ...Object.values(others).flatMap(poolEntries)];
}
