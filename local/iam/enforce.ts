import type { Caller, Interceptor, ServiceCall } from "../calls/calls";
import { apis } from "../services";
import { AwsError } from "../services/service";
import { isPermissionKnown, permissionsFor, userArn } from "./actions";
import type { Authorization } from "./authorization";
import type { Statement } from "./document";
import { type AuthorizationRequest, type Decision, decide, type Requester } from "./evaluate";
import type { Lookups } from "./permissions";
import type { Policies } from "./policies";

/** A call that was refused for want of a permission. */
export class AccessDeniedError extends AwsError {
  constructor(
    readonly service: ServiceCall["service"],
    readonly permission: AuthorizationRequest,
    message: string,
  ) {
    const { code, statusCode } = apis[service].denial;
    super(code, message, statusCode);
  }
}

export interface EnforcementOptions {
  /** Asked at each call: the policies are known only once the program was recorded. */
  readonly policies: () => Policies;
  readonly look: Lookups;
  /** Told of every decision. */
  readonly onDecision?: ((authorization: Authorization) => void) | undefined;
}

/**
 * Lets calls through that the program's policies allow. Whoever looks in from outside has the rights of an administrator: only a Deny of a
 * resource's policy stops that user.
 */
export function enforcePolicies(options: EnforcementOptions): Interceptor {
  return async (call, proceed) => {
    const { look, onDecision } = options;
    const isUser = call.caller.kind === "user";
    // A user may call what no policy of a program is about.
    const permissions = isUser && !isPermissionKnown(call) ? [] : permissionsFor(call, look);
    const caller = isUser ? { ...call.caller, name: userArn(look) } : call.caller;
    for (const permission of permissions) {
      const decision = isUser
        ? decideForUser(permission, options.policies(), look)
        : decideFor(caller, permission, options.policies());
      if (!isUser || decision !== "allowed") onDecision?.({ caller, permission, decision });
      if (decision !== "allowed") {
        const unread = [caller.roleArn, permission.resource].flatMap((arn) =>
          arn === undefined
            ? []
            : options
                .policies()
                .unreadOf(arn)
                .map(({ message }) => message.replace(/\.$/, "")),
        );
        const message = [describeDenial(caller, permission, decision), ...unread].join(". ");
        throw new AccessDeniedError(call.service, permission, message);
      }
    }
    return proceed();
  };
}

const administrator: readonly Statement[] = [
  {
    effect: "Allow",
    actions: { not: false, patterns: ["*"] },
    resources: { not: false, patterns: ["*"] },
    principals: undefined,
    conditions: [],
  },
];

function decideForUser(permission: AuthorizationRequest, policies: Policies, look: Lookups): Decision {
  const requester = { kind: "role", roleArn: userArn(look) } as const;
  const decision = decide(permission, requester, administrator, policies.ofResource(permission.resource));
  return withUnread(decision, [permission.resource], policies);
}

/** @throws {Error} for a caller that acts with no role and is no service. */
export function decideFor(caller: Caller, permission: AuthorizationRequest, policies: Policies): Decision {
  const ofResource = policies.ofResource(permission.resource);
  const requester = requesterOf(caller);
  const ofIdentity = requester.kind === "role" ? policies.ofRole(requester.roleArn) : [];
  const decision = decide(permission, requester, ofIdentity, ofResource);
  const role = requester.kind === "role" ? [requester.roleArn] : [];
  return withUnread(decision, [...role, permission.resource], policies);
}

/** A Deny that cannot be judged, of the caller's role or of the resource, may be about this very call. */
function withUnread(decision: Decision, arns: readonly string[], policies: Policies): Decision {
  const mayBeDenied = arns.some((arn) => policies.unreadOf(arn).some(({ mayDeny }) => mayDeny));
  return decision === "allowed" && mayBeDenied ? "not allowed" : decision;
}

function requesterOf({ kind, name, roleArn }: Caller): Requester {
  if (roleArn !== undefined) return { kind: "role", roleArn };
  if (kind === "service") return { kind, service: name };
  throw new Error(`The ${kind} '${name}' acts with no role, so that nothing is known of what it may do.`);
}

/** AWS's own words; a service's name goes without the session. */
export function describeDenial(
  caller: Caller,
  { action, resource }: AuthorizationRequest,
  decision: Decision,
): string {
  const why =
    decision === "not allowed"
      ? `because no ${caller.roleArn === undefined ? "resource" : "identity"}-based policy allows the ${action} action`
      : `with an explicit deny in ${decision.replace("denied by ", "")}`;
  return `User: ${principalOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

/** arn:aws:iam::ACCOUNT:role/PATH/ROLE → arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION */
function principalOf({ name, roleArn }: Caller): string {
  if (roleArn === undefined) return name;
  const account = roleArn.split(":")[4] ?? "";
  return `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/${name}`;
}
