import { type ApiAuthorization, type Authorizer, apiAuthorizations, UnservedAuthorization } from "../auth";
import { isJsonObject, type Json } from "../json";
import type { LambdaFunction } from "../lambda/function";
import type { Functions } from "../lambda/functions";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import type { HttpApiSettings, HttpRoute } from "./http-api";

/**
 * Reads an HTTP API of the graph.
 *
 * @param isStrict refuses a route whose callers the local runtime cannot check. Otherwise that answers 501.
 * @returns its settings, and what its routes ask callers for. A route that leads to no function of the program answers 501.
 */
export function readHttpApi(
  graph: Graph,
  api: RecordedResource,
  functions: Functions,
  ofRoute: (target: LambdaFunction, routeArn: string) => HttpRoute["target"],
  authorizerOf: (route: RecordedResource) => Authorizer | undefined = () => undefined,
  isStrict = true,
): Pick<HttpApiSettings, "apiId" | "routes" | "cors"> & { authorization: ApiAuthorization } {
  const integrations = new Map(
    resourcesOfType(graph, "aws:apigatewayv2/integration:Integration").map(({ id, inputs }) => [
      `integrations/${id}`,
      functionOfInvokeArn(String(inputs.integrationUri)),
    ]),
  );
  const declared = resourcesOfType(graph, "aws:apigatewayv2/route:Route").filter(
    ({ inputs }) => inputs.apiId === api.id,
  );
  const routes = declared.map((route) => {
    const { name, inputs } = route;
    const routeKey = String(inputs.routeKey);
    const uri = integrations.get(String(inputs.target)) ?? "";
    const target = functions.find(uri);
    if (!target) {
      return unservedRoute(
        routeKey,
        `The route '${name}' (${routeKey}) leads to no function of the program that the local runtime runs: ${uri || "nothing"}.`,
      );
    }
    // The stage is the default one; its name is part of a route's ARN. Lambda compares a permission's source with the
    // route's own path, parameters in braces.
    const routeArn = `${String(api.outputs.executionArn)}/$default/${routeKey.replace(" ", "")}`;
    try {
      return { routeKey, target: ofRoute(target, routeArn), authorize: authorizerOf(route) };
    } catch (error) {
      if (isStrict || !(error instanceof UnservedAuthorization)) throw error;
      return unservedRoute(routeKey, error.message);
    }
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
        ...(cors.exposeHeaders !== undefined && { exposeHeaders: strings(cors.exposeHeaders) }),
        ...(cors.maxAge !== undefined && { maxAge: Number(cors.maxAge) }),
      },
    }),
  };
}

/** A route that is only recorded: requests are told so. */
function unservedRoute(routeKey: string, unserved: string): HttpRoute {
  return {
    routeKey,
    target: { invoke: () => Promise.reject(new Error(unserved)) },
    unserved,
  };
}

/** arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations → ARN */
function functionOfInvokeArn(invokeArn: string): string {
  return /functions\/(.+)\/invocations$/.exec(invokeArn)?.[1] ?? invokeArn;
}

function strings(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
