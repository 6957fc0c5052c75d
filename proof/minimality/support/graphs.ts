import type { Json, JsonObject } from "../../../local/json";
import { type Graph, type RecordedResource, resourcesOfType } from "../../../local/record/graph";

/** A permission that the graph gives, and the graph without it. */
export interface Permission {
  readonly name: string;
  /** Whose it is: a role's name, or the logical name of the resource policy. */
  readonly owner: string;
  readonly action: string;
  readonly resources: readonly string[];
  without(graph: Graph): Graph;
}

interface StatementText {
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

/** Every action of every statement of the roles' policies. */
export function rolePermissions(graph: Graph): Permission[] {
  return resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy").flatMap((policy) =>
    statementsOf(policy).flatMap((statement, index) =>
      [statement.Action].flat().map((action) => ({
        name: `${action} of ${policy.name}`,
        owner: policy.name,
        action,
        resources: [statement.Resource].flat(),
        without: (whole: Graph) => replace(whole, policy, withoutAction(policy, index, action)),
      })),
    ),
  );
}

/** What lets AWS's services in: each resource policy as a whole. */
export function resourcePermissions(graph: Graph): Permission[] {
  const types = ["aws:lambda/permission:Permission", "aws:sqs/queuePolicy:QueuePolicy"];
  return types.flatMap((type) =>
    resourcesOfType(graph, type).map((policy) => ({
      name: `${type.split(":").at(-1)} ${policy.name}`,
      owner: policy.name,
      action: type.includes("sqs") ? "sqs:SendMessage" : "lambda:InvokeFunction",
      resources: [],
      without: (whole: Graph) => ({
        ...whole,
        resources: whole.resources.filter(({ name, type: other }) => name !== policy.name || other !== type),
      }),
    })),
  );
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
