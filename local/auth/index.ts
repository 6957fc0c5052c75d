export { type ApiAuthorization, type Authorizer, apiAuthorizations } from "./authorizer";
export type { KnownCredentials } from "./iam-authorizer";
export { localUser } from "./local-user";
export { routeAuthorizers, UnservedAuthorization } from "./route-authorizers";
