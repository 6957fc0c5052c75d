import { type ApiAuthorization, type Authorizer, apiAuthorizations } from "../auth";
import { isJsonObject, type Json } from "../json";
import type { LambdaFunction } from "../lambda/function";
import type { Functions } from "../lambda/functions";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import type { HttpApiSettings, HttpRoute } from "./http-api";

/**
 * Reads the HTTP API of the graph.
 *
 * @returns its settings, and what its routes ask callers for; undefined where there is no API.
 * @throws {Error} when there are several, or a route leads to no function of the program.
 */
export function readHttpApi(
  graph: Graph,
  functions: Functions,
  ofRoute: (target: LambdaFunction, routeArn: string) => HttpRoute["target"],
  authorizerOf: (route: RecordedResource) => Authorizer | undefined = () => undefined,
): (Pick<HttpApiSettings, "apiId" | "routes" | "cors"> & { authorization: ApiAuthorization }) | undefined {
  const apis = resourcesOfType(graph, "aws:apigatewayv2/api:Api");
  const [api] = apis;
  if (!api) return undefined;
  if (apis.length > 1) {
    const names = apis.map(({ name }) => `'${name}'`).join(", ");
    throw new Error(`The local runtime serves one HTTP API on its port; the program has ${names}.`);
  }
  const integrations = new Map(
    resourcesOfType(graph, "aws:apigatewayv2/integration:Integration").map(({ id, inputs }) => [
      `integrations/${id}`,
      functionOfInvokeArn(String(inputs.integrationUri)),
    ]),
  );
  const declared = resourcesOfType(graph, "aws:apigatewayv2/route:Route");
  const routes = declared.map((route) => {
    const { name, inputs } = route;
    const routeKey = String(inputs.routeKey);
    const target = functions.find(integrations.get(String(inputs.target)) ?? "");
    if (!target) throw new Error(`The route '${name}' (${routeKey}) leads to no function of the program.`);
    // The stage is the default one; its name is part of a route's ARN. Lambda compares a permission's source with the
    // route's own path, parameters in braces.
    const routeArn = `${String(api.outputs.executionArn)}/$default/${routeKey.replace(" ", "")}`;
    return { routeKey, target: ofRoute(target, routeArn), authorize: authorizerOf(route) };
  });
  const cors = isJsonObject(api.inputs.corsConfiguration) ? api.inputs.corsConfiguration : undefined;
  return {
    apiId: api.id,
    routes,
    authorization:
      apiAuthorizations.find((type) => declared.some(({ inputs }) => inputs.authorizationType === type)) ??
      "NONE",
    ...(cors && {
      cors: {
        allowOrigins: strings(cors.allowOrigins),
        allowMethods: strings(cors.allowMethods),
        allowHeaders: strings(cors.allowHeaders),
        ...(cors.maxAge !== undefined && { maxAge: Number(cors.maxAge) }),
      },
    }),
  };
}

/** arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations → ARN */
function functionOfInvokeArn(invokeArn: string): string {
  return /functions\/(.+)\/invocations$/.exec(invokeArn)?.[1] ?? invokeArn;
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
