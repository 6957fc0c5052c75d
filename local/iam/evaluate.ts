import { holds, type RequestContext } from "./conditions";
import type { Principal, Statement } from "./document";
import { matchesArn, matchesWildcards } from "./wildcards";

/** What somebody asks to do. */
export interface AuthorizationRequest {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN; `*` for an action that knows no resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

/** Who asks. */
export type Requester =
  | { readonly kind: "role"; readonly roleArn: string }
  | { readonly kind: "service"; readonly service: string };

/** An explicit Deny says in which kind of policy it stands. */
export type Decision =
  | "allowed"
  | "not allowed"
  | "denied by an identity-based policy"
  | "denied by a resource-based policy";

/**
 * Decides a request within one account: a Deny anywhere stands before every Allow; without a Deny, one Allow of the
 * identity's policies or of the resource's is enough.
 *
 * @param identity the statements of the requester's own policies; a service has none.
 * @param resource the statements of the resource's policy.
 */
export function decide(
  request: AuthorizationRequest,
  requester: Requester,
  identity: readonly Statement[],
  resource: readonly Statement[],
): Decision {
  const ofIdentity = identity.filter((statement) => concerns(statement, request));
  const ofResource = resource
    .filter((statement) => concerns(statement, request))
    .map((statement) => ({ ...statement, reach: reachOf(statement.principals ?? [], requester) }))
    .filter(({ reach }) => reach !== "nobody");
  if (ofIdentity.some(isDeny)) return "denied by an identity-based policy";
  if (ofResource.some(isDeny)) return "denied by a resource-based policy";
  // A resource policy that names the account leaves the matter to the account's own policies.
  const isAllowed = ofIdentity.length > 0 || ofResource.some(({ reach }) => reach === "requester");
  return isAllowed ? "allowed" : "not allowed";
}

function isDeny({ effect }: { effect: Statement["effect"] }): boolean {
  return effect === "Deny";
}

function concerns({ actions, resources, conditions }: Statement, request: AuthorizationRequest): boolean {
  const action = request.action.toLowerCase();
  const ofAction = actions.patterns.some((pattern) => matchesWildcards(pattern.toLowerCase(), action));
  if (ofAction === actions.not) return false;
  if (resources) {
    const ofResource = resources.patterns.some(
      (pattern) => pattern === "*" || matchesArn(pattern, request.resource),
    );
    if (ofResource === resources.not) return false;
  }
  return conditions.every((condition) => holds(condition, request.context));
}

function reachOf(principals: readonly Principal[], requester: Requester): "requester" | "account" | "nobody" {
  const values = new Set(principals.filter(({ kind }) => kind === "AWS").map(({ value }) => value));
  if (values.has("*")) return "requester";
  if (requester.kind === "service") {
    const isNamed = principals.some(({ kind, value }) => kind === "Service" && value === requester.service);
    return isNamed ? "requester" : "nobody";
  }
  if (values.has(requester.roleArn)) return "requester";
  const account = requester.roleArn.split(":")[4] ?? "";
  return values.has(account) || values.has(`arn:aws:iam::${account}:root`) ? "account" : "nobody";
}
