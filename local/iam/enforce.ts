import type { Caller, Interceptor, ServiceCall } from "../calls";
import { AwsError } from "../services/service";
import { type Lookups, permissionsFor } from "./actions";
import { type AuthorizationRequest, type Decision, decide, type Requester } from "./evaluate";
import type { Policies } from "./policies";

/** A call that was refused for want of a permission. */
export class AccessDeniedError extends AwsError {
  constructor(
    readonly service: ServiceCall["service"],
    readonly permission: AuthorizationRequest,
    message: string,
  ) {
    const { code, statusCode } = denials[service];
    super(code, message, statusCode);
  }
}

/** How each service reports that IAM refused a call. */
const denials: { readonly [service in ServiceCall["service"]]: { code: string; statusCode: number } } = {
  CloudFront: { code: "AccessDenied", statusCode: 403 },
  DynamoDB: { code: "AccessDeniedException", statusCode: 400 },
  EventBridge: { code: "AccessDeniedException", statusCode: 400 },
  Lambda: { code: "AccessDeniedException", statusCode: 403 },
  MediaLive: { code: "AccessDeniedException", statusCode: 403 },
  SNS: { code: "AuthorizationErrorException", statusCode: 403 },
  SQS: { code: "AccessDeniedException", statusCode: 403 },
  StepFunctions: { code: "AccessDeniedException", statusCode: 400 },
};

/** Which permission of whom a call needed, and whether it had it. */
export interface Authorization {
  readonly caller: Caller;
  readonly permission: AuthorizationRequest;
  readonly decision: Decision;
}

export interface EnforcementOptions {
  /** Asked at each call: the policies are known only once the program was recorded. */
  readonly policies: () => Policies;
  readonly look: Lookups;
  /** Told of every decision. */
  readonly onDecision?: ((authorization: Authorization) => void) | undefined;
}

/** Lets calls through that the program's policies allow; whoever looks in from outside may do everything. */
export function enforcePolicies(options: EnforcementOptions): Interceptor {
  return async (call, proceed) => {
    if (call.caller.kind !== "user") {
      for (const permission of permissionsFor(call, options.look)) {
        const decision = decideFor(call.caller, permission, options.policies());
        options.onDecision?.({ caller: call.caller, permission, decision });
        if (decision !== "allowed") {
          const message = describeDenial(call.caller, permission, decision);
          throw new AccessDeniedError(call.service, permission, message);
        }
      }
    }
    return proceed();
  };
}

/** @throws {Error} for a caller that acts with no role and is no service. */
export function decideFor(caller: Caller, permission: AuthorizationRequest, policies: Policies): Decision {
  const ofResource = policies.ofResource(permission.resource);
  const requester = requesterOf(caller);
  const ofIdentity = requester.kind === "role" ? policies.ofRole(requester.roleArn) : [];
  return decide(permission, requester, ofIdentity, ofResource);
}

function requesterOf({ kind, name, roleArn }: Caller): Requester {
  if (kind === "service") return { kind, service: name };
  if (roleArn !== undefined) return { kind: "role", roleArn };
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
      ? `because no ${caller.kind === "service" ? "resource" : "identity"}-based policy allows the ${action} action`
      : `with an explicit deny in ${decision.replace("denied by ", "")}`;
  return `User: ${principalOf(caller)} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

/** arn:aws:iam::ACCOUNT:role/PATH/ROLE → arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION */
function principalOf({ name, roleArn }: Caller): string {
  if (roleArn === undefined) return name;
  const account = roleArn.split(":")[4] ?? "";
  return `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/${name}`;
}
