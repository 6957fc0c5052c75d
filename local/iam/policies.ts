import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, type RecordedResource, resourcesOfType } from "../record/graph";
import { apis, services } from "../services";
import { inSentence, PolicyError, readPolicy, type Statement, UnservedPolicyError } from "./document";
import { decide } from "./evaluate";
import { managedPolicyDocument } from "./managed-policies";

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

/** A policy that the local runtime cannot judge. */
export interface UnreadPolicy {
  /** What of it is not served. */
  readonly message: string;
  /** Whether it has a Deny, so that nothing may be allowed against it. */
  readonly mayDeny: boolean;
}

/** The policies of a program: those attached to its roles, those of its resources, and who may assume a role. */
export class Policies {
  private readonly identity = new Map<string, Statement[]>();
  private readonly resource = new Map<string, Statement[]>();
  private readonly trust = new Map<string, Statement[]>();
  /** Roles whose trust policy is not known, or not as a whole. */
  private readonly open = new Set<string>();
  private readonly unread = new Map<string, UnreadPolicy[]>();

  /**
   * @param isStrict refuses a policy of which the local runtime cannot judge a part, and a role that is not in the program. Otherwise the denials of
   * its role or resource name it.
   * @throws {PolicyError} for what AWS would refuse; for a function or state machine whose role its service may not assume.
   */
  constructor(
    graph: Graph,
    private readonly isStrict = true,
  ) {
    const roles = resourcesOfType(graph, "aws:iam/role:Role");
    for (const role of roles) this.readRole(graph, role);
    for (const { name, inputs } of resourcesOfType(graph, "aws:iam/rolePolicy:RolePolicy")) {
      this.attach(graph, String(inputs.role), inputs.policy, `The policy '${name}'`);
    }
    for (const { name, inputs } of resourcesOfType(
      graph,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    )) {
      this.attachManaged(graph, String(inputs.role), String(inputs.policyArn), `The attachment '${name}'`);
    }
    this.readResourcePolicies(graph);
    this.checkTrust(graph);
  }

  ofRole(roleArn: string): readonly Statement[] {
    return this.identity.get(roleArn) ?? [];
  }

  /** @returns the policies of a role or resource that could not be judged. */
  unreadOf(arn: string): readonly UnreadPolicy[] {
    return this.unread.get(arn) ?? [];
  }

  ofResource(arn: string): readonly Statement[] {
    return this.resource.get(arn) ?? [];
  }

  private readRole(graph: Graph, { name, id, inputs, outputs }: RecordedResource): void {
    const arn = String(outputs.arn);
    const { managedPolicyArns = [], inlinePolicies = [] } = inputs;
    this.identity.set(arn, []);
    // The program only reads such a role (`aws.iam.Role.get`); it exists already.
    if (inputs.assumeRolePolicy === undefined && !this.isStrict) {
      this.admitRole(arn);
      return;
    }
    this.trust.set(arn, []);
    const trustOwner = `The trust policy of the role '${name}'`;
    for (const statement of statementsIn(inputs.assumeRolePolicy)) {
      const isRead = this.judge(arn, statement, () => {
        this.trust.set(arn, [...(this.trust.get(arn) ?? []), ...read(statement, trustOwner)]);
      });
      if (!isRead) this.open.add(arn);
    }
    if (inputs.permissionsBoundary !== undefined) {
      this.judge(arn, "Deny", () => {
        throw new UnservedPolicyError(
          `The local runtime does not serve permissionsBoundary, which the role '${name}' has.`,
        );
      });
    }
    for (const policyArn of Array.isArray(managedPolicyArns) ? managedPolicyArns : []) {
      this.attachManaged(graph, id, String(policyArn), `The role '${name}'`);
    }
    for (const inline of Array.isArray(inlinePolicies) ? inlinePolicies.filter(isJsonObject) : []) {
      if (inline.policy === undefined) continue;
      const owner = `The inline policy '${String(inline.name)}' of the role '${name}'`;
      this.attach(graph, id, inline.policy, owner);
    }
  }

  /** A role is referred to by its name or its id, which are the same, or by its ARN. */
  private findRole(graph: Graph, text: string): string | undefined {
    const roles = resourcesOfType(graph, "aws:iam/role:Role");
    const found = roles.find(({ id, outputs }) => [id, outputs.name, outputs.arn].includes(text));
    return found && String(found.outputs.arn);
  }

  private attachManaged(graph: Graph, role: string, policyArn: string, owner: string): void {
    const policy = resourcesOfType(graph, "aws:iam/policy:Policy").find(
      ({ outputs }) => outputs.arn === policyArn,
    );
    const document = policy ? policy.inputs.policy : managedPolicyDocument(policyArn);
    if (document !== undefined) {
      this.attach(graph, role, document, `The policy '${policy?.name ?? policyArn}'`);
      return;
    }
    const arn = this.roleOfProgram(graph, role);
    if (arn === undefined) return;
    this.judge(arn, undefined, () => {
      throw new UnservedPolicyError(
        `${owner} is of the managed policy ${policyArn}, whose document is not in the program: write the statements that the role needs in a RolePolicy.`,
      );
    });
  }

  private attach(graph: Graph, role: string, document: Json | undefined, owner: string): void {
    const arn = this.roleOfProgram(graph, role);
    if (arn === undefined) return;
    for (const statement of statementsIn(document)) {
      this.judge(arn, statement, () => {
        this.identity.set(arn, [...this.ofRole(arn), ...read(statement, owner)]);
      });
    }
  }

  /** Takes a role that the program does not make: what it may do is unknown, but for what the program attaches to it. */
  private admitRole(arn: string): void {
    this.open.add(arn);
    const { message } = unknownRole(arn);
    if (!this.unreadOf(arn).some((known) => known.message === message)) {
      this.unread.set(arn, [...this.unreadOf(arn), { message, mayDeny: false }]);
    }
  }

  /** @returns the ARN of a role; nothing for one that the program does not make. */
  private roleOfProgram(graph: Graph, role: string): string | undefined {
    const arn = this.findRole(graph, role);
    if (arn === undefined && this.isStrict) throw unknownRole(role);
    return arn;
  }

  /** Reads a policy of a role or resource. One that cannot be judged is remembered, or refused. @returns whether it was read. */
  private judge(arn: string, document: Json | undefined, readIt: () => void): boolean {
    try {
      readIt();
      return true;
    } catch (error) {
      if (this.isStrict || !(error instanceof UnservedPolicyError)) throw error;
      const mayDeny = JSON.stringify(document ?? null).includes("Deny");
      this.unread.set(arn, [...this.unreadOf(arn), { message: error.message, mayDeny }]);
      return false;
    }
  }

  private readResourcePolicies(graph: Graph): void {
    const policies = services.flatMap(({ resourcePolicies }) => resourcePolicies?.(graph) ?? []);
    for (const { resource, document, owner } of policies) {
      for (const statement of statementsIn(document)) {
        this.judge(resource, statement, () => {
          this.resource.set(resource, [...this.ofResource(resource), ...read(statement, owner)]);
        });
      }
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
    const decision = decide(request, { kind: "service", service }, [], this.trust.get(role) ?? []);
    return decision === "allowed" || (decision === "not allowed" && this.open.has(role));
  }

  /** AWS refuses to create a function, a state machine or a schedule whose role its service may not assume. */
  private checkTrust(graph: Graph): void {
    for (const { what, service, role, sourceArn } of services.flatMap(
      ({ roleUsers }) => roleUsers?.(graph) ?? [],
    )) {
      const arn = this.findRole(graph, role) ?? role;
      if (!this.identity.has(arn)) {
        if (this.isStrict) throw unknownRole(role);
        this.admitRole(arn);
      }
      if (!this.mayAssume(arn, service, sourceArn)) {
        throw new PolicyError(
          `${what} cannot run: the role ${arn} cannot be assumed by ${service}. Allow sts:AssumeRole to that service in its assumeRolePolicy.`,
        );
      }
    }
  }
}

/** @returns a document for each statement of one, so that one that cannot be judged leaves the others. */
function statementsIn(document: Json | undefined): readonly (Json | undefined)[] {
  let policy = document;
  try {
    if (typeof document === "string") policy = JSON.parse(document) as Json;
  } catch {
    // Reading it says what is wrong.
    return [document];
  }
  if (!isJsonObject(policy ?? null)) return [document];
  const { Statement = [], ...rest } = policy as JsonObject;
  return [Statement].flat().map((statement) => ({ ...rest, Statement: [statement] }));
}

function unknownRole(role: string): PolicyError {
  return new PolicyError(`The role ${role} is not one of the program's, so that what it may do is unknown.`);
}

function read(document: Json | undefined, owner: string): Statement[] {
  const statements = readPolicy(document ?? null, owner);
  for (const { conditions } of statements) {
    for (const { key } of conditions) {
      if (!knownKeys.includes(key.toLowerCase())) {
        throw new UnservedPolicyError(
          `The local runtime does not serve the condition key ${key}, which ${inSentence(owner)} uses.`,
        );
      }
    }
  }
  return statements;
}
