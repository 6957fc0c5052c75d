import { matchesWildcards } from "../../local/iam/wildcards";
import type { Json, JsonObject } from "../../local/json";
import { type Graph, type RecordedResource, resourcesOfType } from "../../local/record/graph";

/** A decision on a permission, as a journey was told of it. */
export interface Use {
  readonly action: string;
  readonly resource: string;
  /** The role that the caller acted with; a service that a resource's policy admits has none. */
  readonly roleArn: string | undefined;
  /** The rule or route for which a service called. */
  readonly sourceArn: string | undefined;
}

/** A permission that the graph gives, and the graph without it. */
export interface Permission {
  readonly name: string;
  readonly action: string;
  readonly resources: readonly string[];
  /** @returns whether a decision was about this permission. */
  allows(use: Use): boolean;
  without(graph: Graph): Graph;
}

interface StatementText {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

/** Every action of every statement of the roles' policies. */
export function rolePermissions(graph: Graph): Permission[] {
  return resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap((policy) =>
    statementsOf(policy).flatMap((statement, index) =>
      (statement.Effect === "Deny" ? [] : [statement.Action].flat()).map((action) => ({
        name: `${action} of ${policy.name}`,
        action,
        resources: [statement.Resource].flat(),
        allows: (use) =>
          use.action === action &&
          use.roleArn?.endsWith(`:role/${String(policy.inputs.role)}`) === true &&
          [statement.Resource].flat().some((pattern) => matchesWildcards(pattern, use.resource)),
        without: (whole: Graph) => replace(whole, policy, withoutAction(policy, index, action)),
      })),
    ),
  );
}

/** What admits AWS's services: each resource policy as a whole. */
export function resourcePermissions(graph: Graph): Permission[] {
  const permissions = resourcesOfType(graph, "aws:lambda/permission:Permission").map((policy) => ({
    ...resourcePermission(policy, "lambda:InvokeFunction"),
    allows: ({ action, resource, roleArn, sourceArn = "" }: Use) =>
      action === "lambda:InvokeFunction" &&
      roleArn === undefined &&
      resource.endsWith(`:${String(policy.inputs.function)}`) &&
      matchesWildcards(String(policy.inputs.sourceArn), sourceArn),
  }));
  const queuePolicies = resourcesOfType(graph, "aws:sqs/queuePolicy:QueuePolicy").map((policy) => ({
    ...resourcePermission(policy, "sqs:SendMessage"),
    allows: ({ action, resource, roleArn }: Use) =>
      action === "sqs:SendMessage" &&
      roleArn === undefined &&
      resource.split(":").at(-1) === String(policy.inputs.queueUrl).split("/").at(-1),
  }));
  return [...permissions, ...queuePolicies];
}

function resourcePermission(policy: RecordedResource, action: string) {
  return {
    name: `${policy.type.split(":").at(-1)} ${policy.name}`,
    action,
    resources: [],
    without: (whole: Graph): Graph => ({
      ...whole,
      resources: whole.resources.filter(({ name, type }) => name !== policy.name || type !== policy.type),
    }),
  };
}

/** The graph with other inputs for one resource. */
export function replace(graph: Graph, { type, name }: RecordedResource, inputs: JsonObject): Graph {
  return {
    ...graph,
    resources: graph.resources.map((one) =>
      one.type === type && one.name === name ? { ...one, inputs: { ...one.inputs, ...inputs } } : one,
    ),
  };
}

/** The graph with a statement more in a role's policy. */
export function withStatement(graph: Graph, policyName: string, statement: JsonObject): Graph {
  const policy = resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy").find(
    ({ name }) => name === policyName,
  );
  if (!policy) throw new Error(`There is no policy '${policyName}'.`);
  const Statement = [...(statementsOf(policy) as unknown as Json[]), statement];
  return replace(graph, policy, { policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
}

function statementsOf({ inputs }: RecordedResource): StatementText[] {
  return (JSON.parse(String(inputs.policy)) as { Statement: StatementText[] }).Statement;
}

function withoutAction(policy: RecordedResource, index: number, action: string): { policy: string } {
  const Statement = statementsOf(policy).flatMap((statement, other) => {
    if (other !== index) return [statement];
    const Action = [statement.Action].flat().filter((one) => one !== action);
    return Action.length > 0 ? [{ ...statement, Action }] : [];
  });
  return { policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
}
