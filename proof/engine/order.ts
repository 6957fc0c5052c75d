import { needs } from "./account";
import type { Deployment, StateResource } from "./deployment";
import { nameOf } from "./outcome";

/** @returns what names another resource without depending on it: Pulumi may create it first, and delete the other one first. */
export function unorderedUses({ account, state }: Deployment): string[] {
  const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
  return account.resources.flatMap((user) => {
    const before = dependenciesOf(byUrn.get(user.urn), byUrn);
    return account.resources
      .filter((needed) => needed !== user && needs(user, needed) && !before.has(needed.urn))
      .map((needed) => `${user.type} ${user.name} names ${needed.type} ${needed.name}`);
  });
}

/** Something that acts with a role, and a policy of the role that it does not wait for. */
export interface HastyUser {
  readonly user: string;
  readonly policy: string;
}

/** @returns what Pulumi may create before a policy of its role, and delete after it: its first calls, or its last, would be denied. */
export function hastyUsers({ state }: Deployment): HastyUser[] {
  const byUrn = new Map(state.map((resource) => [resource.urn, resource]));
  const roles = state.filter(({ type }) => type === "aws:iam/role:Role");
  return roles.flatMap((role) => {
    const policies = state.filter(
      ({ type, inputs }) => type.endsWith(":RolePolicy") && inputs?.role === role.id,
    );
    const users = state.filter(
      ({ type, inputs }) => !type.startsWith("aws:iam/") && holds(inputs, role.outputs?.arn),
    );
    return users.flatMap((user) => {
      const before = dependenciesOf(user, byUrn);
      return policies
        .filter(({ urn }) => !before.has(urn))
        .map((policy) => ({ user: nameOf(user.urn), policy: nameOf(policy.urn) }));
    });
  });
}

function dependenciesOf(
  resource: StateResource | undefined,
  byUrn: ReadonlyMap<string, StateResource>,
): Set<string> {
  const found = new Set<string>();
  const open = [resource];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const urn of next.dependencies ?? []) {
      const dependency = byUrn.get(urn);
      if (!dependency || found.has(urn)) continue;
      found.add(urn);
      open.push(dependency);
    }
  }
  return found;
}

function holds(value: unknown, text: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === text;
  return Object.values(value).some((member) => holds(member, text));
}
