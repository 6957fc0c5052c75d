import { isJsonObject, type Json } from "../json";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import type { Authorizer } from "./authorizer";
import { type IamAuthorizerOptions, iamAuthorizer } from "./iam-authorizer";
import { IssuerKeys } from "./jwks";
import { jwtAuthorizer } from "./jwt-authorizer";

export interface RouteAuthorizersOptions extends IamAuthorizerOptions {
  /** Where to find an issuer's configuration, by issuer. @default - at the issuer's own URL */
  readonly issuers?: { readonly [issuer: string]: string } | undefined;
}

/** A route asks for what the local runtime does not check. */
export class UnservedAuthorization extends Error {}

/**
 * Makes the authorizers of a program's HTTP API.
 *
 * @returns what checks the requests of a route; undefined for a route that is open. It throws {@link UnservedAuthorization}.
 */
export function routeAuthorizers(
  graph: Graph,
  options: RouteAuthorizersOptions,
): (route: RecordedResource) => Authorizer | undefined {
  const iam = iamAuthorizer(options);
  const authorizers = new Map(
    resourcesOfType(graph, "aws:apigatewayv2/authorizer:Authorizer").map((authorizer) => [
      authorizer.id,
      authorizer,
    ]),
  );
  return ({ name, inputs }) => {
    const type = String(inputs.authorizationType ?? "NONE");
    if (type === "NONE") return undefined;
    const scopes = texts(inputs.authorizationScopes);
    if (type === "AWS_IAM") return iam;
    const authorizer = type === "JWT" ? authorizers.get(String(inputs.authorizerId)) : undefined;
    if (authorizer) return jwtOf(authorizer, options)(scopes);
    throw new UnservedAuthorization(
      `The local runtime does not check the authorization ${type} of the route '${name}'.`,
    );
  };
}

/** @returns what makes the authorizer of a route, given the scopes that the route asks for. */
function jwtOf(
  { name, inputs }: RecordedResource,
  options: RouteAuthorizersOptions,
): (scopes: readonly string[]) => Authorizer {
  const { authorizerType, identitySources, jwtConfiguration } = inputs;
  const source = texts(identitySources).join();
  if (authorizerType !== "JWT" || !isJsonObject(jwtConfiguration)) {
    throw new UnservedAuthorization(
      `The local runtime checks JWT authorizers with an issuer; '${name}' is ${String(authorizerType)}.`,
    );
  }
  if (source.toLowerCase() !== "$request.header.authorization") {
    throw new UnservedAuthorization(
      `The local runtime takes tokens from $request.header.Authorization; '${name}' takes them from ${source}.`,
    );
  }
  const issuer = String(jwtConfiguration.issuer);
  const keys = new IssuerKeys(options.issuers?.[issuer] ?? issuer, options.clock);
  const audiences = texts(jwtConfiguration.audiences);
  return (scopes) => jwtAuthorizer({ issuer, audiences, scopes, keys, clock: options.clock });
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
