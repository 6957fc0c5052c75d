import type { Json } from "../json";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import { apis, services } from "../services";
import { PolicyError, readPolicy, type Statement } from "./document";
import { decide } from "./evaluate";

/** The condition keys that the local runtime gives a request, or that do not apply to any request it makes. */
const knownKeys = [
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalIsAWSService",
  "aws:RequestedRegion",
  "aws:SecureTransport",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:SourceOwner",
  "lambda:SourceFunctionArn",
  ...Object.values(apis).flatMap(({ conditionKeys = [] }) => conditionKeys),
].map((key) => key.toLowerCase());

/** The policies of a program: those attached to its roles, those of its resources, and who may assume a role. */
export class Policies {
  private readonly identity = new Map<string, Statement[]>();
  private readonly resource = new Map<string, Statement[]>();
  private readonly trust = new Map<string, Statement[]>();

  /**
   * @throws {PolicyError} for what the local runtime does not serve; for a managed policy or a role that the program uses
   * and does not have; for a function or state machine whose role its service may not assume.
   */
  constructor(graph: Graph) {
    for (const role of resourcesOfType(graph, "aws:iam/role:Role")) this.readRole(role);
    const roleOf = (text: string) => this.roleArn(graph, text);
    for (const { name, inputs } of resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy")) {
      this.attach(roleOf(String(inputs.role)), read(inputs.policy, `The policy '${name}'`));
    }
    for (const attachment of resourcesOfType(graph, "aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
      this.attach(roleOf(String(attachment.inputs.role)), managedPolicy(graph, attachment));
    }
    this.readResourcePolicies(graph);
    this.checkTrust(graph);
  }

  ofRole(roleArn: string): readonly Statement[] {
    return this.identity.get(roleArn) ?? [];
  }

  ofResource(arn: string): readonly Statement[] {
    return this.resource.get(arn) ?? [];
  }

  private readRole({ name, inputs, outputs }: RecordedResource): void {
    const arn = String(outputs.arn);
    for (const input of ["managedPolicyArns", "inlinePolicies", "permissionsBoundary"]) {
      if (inputs[input] !== undefined) {
        throw new PolicyError(
          `The local runtime does not serve ${input}, which the role '${name}' has: use a RolePolicy or a RolePolicyAttachment.`,
        );
      }
    }
    this.identity.set(arn, []);
    this.trust.set(arn, read(inputs.assumeRolePolicy, `The trust policy of the role '${name}'`));
  }

  /** A role is referred to by its name or its id, which are the same, or by its ARN. */
  private roleArn(graph: Graph, text: string): string {
    const roles = resourcesOfType(graph, "aws:iam/role:Role");
    const found = roles.find(({ id, outputs }) => [id, outputs.name, outputs.arn].includes(text));
    if (found) return String(found.outputs.arn);
    throw new PolicyError(`The role ${text} is not one of the program's, so that what it may do is unknown.`);
  }

  private attach(roleArn: string, statements: readonly Statement[]): void {
    this.identity.set(roleArn, [...this.ofRole(roleArn), ...statements]);
  }

  private readResourcePolicies(graph: Graph): void {
    const policies = services.flatMap(({ resourcePolicies }) => resourcePolicies?.(graph) ?? []);
    for (const { resource, document, owner } of policies) {
      this.resource.set(resource, [...this.ofResource(resource), ...read(document, owner)]);
    }
  }

  /** @returns whether a service that acts for something may take on a role. */
  mayAssume(role: string, service: string, sourceArn?: string): boolean {
    const accountId = role.split(":")[4] ?? "";
    const context = {
      "aws:SourceAccount": accountId,
      ...(sourceArn !== undefined && { "aws:SourceArn": sourceArn }),
    };
    const request = { action: "sts:AssumeRole", resource: role, context };
    return decide(request, { kind: "service", service }, [], this.trust.get(role) ?? []) === "allowed";
  }

  /** AWS refuses to create a function, a state machine or a schedule whose role its service may not assume. */
  private checkTrust(graph: Graph): void {
    for (const { what, service, role, sourceArn } of services.flatMap(
      ({ roleUsers }) => roleUsers?.(graph) ?? [],
    )) {
      const arn = this.roleArn(graph, role);
      if (!this.mayAssume(arn, service, sourceArn)) {
        throw new PolicyError(
          `${what} cannot run: the role ${arn} cannot be assumed by ${service}. Allow sts:AssumeRole to that service in its assumeRolePolicy.`,
        );
      }
    }
  }
}

function managedPolicy(graph: Graph, { name, inputs }: RecordedResource): Statement[] {
  const arn = String(inputs.policyArn);
  const policy = resourcesOfType(graph, "aws:iam/policy:Policy").find(({ outputs }) => outputs.arn === arn);
  if (policy) return read(policy.inputs.policy, `The policy '${policy.name}'`);
  throw new PolicyError(
    `The attachment '${name}' is of the managed policy ${arn}, whose document is not in the program: write the statements that the role needs in a RolePolicy.`,
  );
}

function read(document: Json | undefined, owner: string): Statement[] {
  const statements = readPolicy(document ?? null, owner);
  for (const { conditions } of statements) {
    for (const { key } of conditions) {
      if (!knownKeys.includes(key.toLowerCase())) {
        throw new PolicyError(
          `The local runtime does not serve the condition key ${key}, which ${owner} uses.`,
        );
      }
    }
  }
  return statements;
}
