import { localUser } from "../auth/local-user";
import type { ServiceCall } from "../calls/calls";
import type { JsonObject } from "../json";
import { apis } from "../services";
import type { AuthorizationRequest } from "./evaluate";
import type { Lookups, PermissionsOf, Place } from "./permissions";

/**
 * Says which permissions a call asks for; it takes all of them.
 *
 * @throws {Error} naming an action whose permission is not known: it is never let through.
 */
export function permissionsFor(call: ServiceCall, look: Lookups): AuthorizationRequest[] {
  const permissionsOf = permissionsOfAction(call);
  if (!permissionsOf) {
    throw new Error(
      `The local runtime does not know which permission ${call.service} ${call.action} asks for.`,
    );
  }
  const { caller } = call;
  // With a role, a service is just another principal: the source stands in the taking on of the role, not in the calls.
  const isService = caller.kind === "service" && caller.roleArn === undefined;
  const context = {
    "aws:PrincipalIsAWSService": String(isService),
    "aws:RequestedRegion": look.region,
    "aws:SecureTransport": "true",
    ...(isService
      ? { "aws:SourceAccount": look.accountId, "aws:SourceOwner": look.accountId }
      : { "aws:PrincipalAccount": look.accountId }),
    ...(isService && caller.sourceArn !== undefined && { "aws:SourceArn": caller.sourceArn }),
    ...(caller.kind === "function" && {
      "lambda:SourceFunctionArn": `arn:aws:lambda:${look.region}:${look.accountId}:function:${caller.name}`,
    }),
    ...(caller.kind === "user" && { "aws:PrincipalArn": userArn(look) }),
    ...(caller.roleArn !== undefined && { "aws:PrincipalArn": caller.roleArn }),
  };
  const wanted = permissionsOf(call.input as JsonObject, look);
  return wanted.map((permission) => ({ ...permission, context: { ...context, ...permission.context } }));
}

/** @returns whether it is known which permissions a call asks for. */
export function isPermissionKnown(call: ServiceCall): boolean {
  return permissionsOfAction(call) !== undefined;
}

/** Everybody from outside is the account's one user. */
export function userArn({ accountId }: Place): string {
  return `arn:aws:iam::${accountId}:user/${localUser.name}`;
}

function permissionsOfAction({ service, action }: ServiceCall): PermissionsOf | undefined {
  const { actions } = apis[service];
  return Object.hasOwn(actions, action) ? actions[action] : undefined;
}
