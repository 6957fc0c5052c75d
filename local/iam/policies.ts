import type { Json } from "../json";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import { apis } from "../services";
import { PolicyError, readPolicy, type Statement } from "./document";
import { decide } from "./evaluate";
import { roleUsers } from "./role-users";

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
    const add = (arn: string, statements: readonly Statement[]) =>
      this.resource.set(arn, [...this.ofResource(arn), ...statements]);
    const functions = resourcesOfType(graph, "aws:lambda/function:Function");
    for (const permission of resourcesOfType(graph, "aws:lambda/permission:Permission")) {
      const target = functions.find(({ outputs }) =>
        [outputs.name, outputs.arn].includes(String(permission.inputs.function)),
      );
      if (target)
        add(String(target.outputs.arn), [permissionStatement(permission, String(target.outputs.arn))]);
    }
    const queues = resourcesOfType(graph, "aws:sqs/queue:Queue");
    for (const { name, inputs } of resourcesOfType(graph, "aws:sqs/queuePolicy:QueuePolicy")) {
      const queue = queues.find(({ outputs }) => outputs.url === inputs.queueUrl);
      if (queue) add(String(queue.outputs.arn), read(inputs.policy, `The queue policy '${name}'`));
    }
    for (const { name, inputs } of resourcesOfType(graph, "aws:sns/topicPolicy:TopicPolicy")) {
      add(String(inputs.arn), read(inputs.policy, `The topic policy '${name}'`));
    }
    for (const { outputs } of resourcesOfType(graph, "aws:sns/topic:Topic")) {
      const arn = String(outputs.arn);
      if (!this.resource.has(arn)) add(arn, defaultTopicPolicy(arn));
    }
    const buses = resourcesOfType(graph, "aws:cloudwatch/eventBus:EventBus");
    for (const { name, inputs } of resourcesOfType(graph, "aws:cloudwatch/eventBusPolicy:EventBusPolicy")) {
      const bus = buses.find(({ outputs }) => outputs.name === inputs.eventBusName);
      if (!bus) throw new PolicyError(`The event bus policy '${name}' is of no bus of the program.`);
      add(String(bus.outputs.arn), read(inputs.policy, `The event bus policy '${name}'`));
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
    for (const { what, service, role, sourceArn } of roleUsers(graph)) {
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

/** SNS gives each topic a policy that lets its own account in, alarms included; a TopicPolicy takes its place. */
function defaultTopicPolicy(arn: string): Statement[] {
  const statement = {
    ...{ Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" } },
    ...{ Action: "sns:Publish", Resource: arn },
  };
  return readPolicy({ Version: "2012-10-17", Statement: statement }, `The policy of the topic ${arn}`);
}

/** A Permission is one statement of its function's policy. */
function permissionStatement({ name, inputs }: RecordedResource, functionArn: string): Statement {
  for (const input of ["qualifier", "eventSourceToken", "functionUrlAuthType", "principalOrgId"]) {
    if (inputs[input] !== undefined) {
      throw new PolicyError(`The local runtime does not serve ${input}, which the permission '${name}' has.`);
    }
  }
  const { action, principal, sourceArn, sourceAccount } = inputs;
  const isService = String(principal).endsWith(".amazonaws.com");
  const statement = {
    Effect: "Allow",
    Action: action ?? "",
    Principal: { [isService ? "Service" : "AWS"]: principal ?? "" },
    Resource: functionArn,
    Condition: {
      ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
      ...(sourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": sourceAccount } }),
    },
  };
  const [read] = readPolicy({ Version: "2012-10-17", Statement: statement }, `The permission '${name}'`);
  if (!read) throw new PolicyError(`The permission '${name}' is empty.`);
  return read;
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
