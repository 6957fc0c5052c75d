import { isJsonObject, type Json, type JsonObject } from "../../json";
import { type Graph, resourcesOfType } from "../../record/graph";
import type { ApiDestinations, ConnectionSpec } from "./api-destinations";

/** Creates the API destinations that a program registered. */
export function declareApiDestinations(graph: Graph, destinations: ApiDestinations): void {
  const connections = resourcesOfType(graph, "aws:cloudwatch/eventConnection:EventConnection");
  for (const { name, inputs, outputs } of resourcesOfType(
    graph,
    "aws:cloudwatch/eventApiDestination:EventApiDestination",
  )) {
    const connection = connections.find((one) => one.outputs.arn === inputs.connectionArn);
    if (!connection) throw new Error(`The API destination '${name}' has no connection of the program.`);
    destinations.create({
      arn: String(outputs.arn),
      url: String(inputs.invocationEndpoint),
      method: String(inputs.httpMethod),
      maxPerSecond: Number(inputs.invocationRateLimitPerSecond ?? 300),
      connection: readConnection(connection.inputs),
    });
  }
}

function readConnection({ authorizationType, authParameters }: JsonObject): ConnectionSpec {
  const { apiKey, basic, oauth, invocationHttpParameters } = objectOf(authParameters);
  const more = objectOf(invocationHttpParameters);
  const added = {
    body: parametersOf(more.bodies),
    headers: parametersOf(more.headers),
    query: parametersOf(more.queryStrings),
  };
  if (authorizationType === "API_KEY") {
    const { key, value } = objectOf(apiKey);
    return { ...added, type: "API_KEY", header: String(key), value: String(value) };
  }
  if (authorizationType === "BASIC") {
    const { username, password } = objectOf(basic);
    return { ...added, type: "BASIC", username: String(username), password: String(password) };
  }
  const { authorizationEndpoint, httpMethod, clientParameters, oauthHttpParameters } = objectOf(oauth);
  const { clientId, clientSecret } = objectOf(clientParameters);
  return {
    ...{ ...added, type: "OAUTH_CLIENT_CREDENTIALS", endpoint: String(authorizationEndpoint) },
    ...{ method: String(httpMethod), clientId: String(clientId), clientSecret: String(clientSecret) },
    tokenBody: parametersOf(objectOf(oauthHttpParameters).bodies),
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function parametersOf(value: Json | undefined): { [name: string]: string } {
  const parameters = Array.isArray(value) ? value.filter(isJsonObject) : [];
  return Object.fromEntries(parameters.map(({ key, value: content }) => [String(key), String(content)]));
}
