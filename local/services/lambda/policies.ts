import { PolicyError } from "../../iam/document";
import type { ResourcePolicy, RoleUser } from "../../iam/policy-sources";
import { type Graph, type RecordedResource, resourcesOfType } from "../../record/graph";

/** Every function acts with its role. */
export function functionRoles(graph: Graph): RoleUser[] {
  return resourcesOfType(graph, "aws:lambda/function:Function").map(({ name, inputs }) => ({
    what: `The function '${name}'`,
    service: "lambda.amazonaws.com",
    role: String(inputs.role),
  }));
}

/** A function's policy consists of its Permissions. */
export function functionPolicies(graph: Graph): ResourcePolicy[] {
  const functions = resourcesOfType(graph, "aws:lambda/function:Function");
  return resourcesOfType(graph, "aws:lambda/permission:Permission").flatMap((permission) => {
    const target = functions.find(({ outputs }) =>
      [outputs.name, outputs.arn].includes(String(permission.inputs.function)),
    );
    return target ? [permissionPolicy(permission, String(target.outputs.arn))] : [];
  });
}

/** A Permission is one statement. */
function permissionPolicy({ name, inputs }: RecordedResource, functionArn: string): ResourcePolicy {
  for (const input of ["qualifier", "eventSourceToken", "functionUrlAuthType", "principalOrgId"]) {
    if (inputs[input] !== undefined) {
      throw new PolicyError(`The local runtime does not serve ${input}, which the permission '${name}' has.`);
    }
  }
  const { action, principal, sourceArn, sourceAccount } = inputs;
  const isService = String(principal).endsWith(".amazonaws.com");
  const Statement = {
    Effect: "Allow",
    Action: action ?? "",
    Principal: { [isService ? "Service" : "AWS"]: principal ?? "" },
    Resource: functionArn,
    Condition: {
      ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
      ...(sourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
    },
  };
  const document = { Version: "2012-10-17", Statement };
  return { resource: functionArn, document, owner: `The permission '${name}'` };
}
