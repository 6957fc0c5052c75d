import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Statements and trust of a role, as short as a test wants to read them. */
export interface RoleText {
  readonly service: string | readonly string[];
  /** Lists of actions, by resource. */
  readonly may: { readonly [resource: string]: readonly string[] };
  readonly trustCondition?: object;
}

/** A role that AWS's services may take on, and what it may do. */
export function aRole(name: string, { service, may, trustCondition }: RoleText): aws.iam.Role {
  const Principal = { Service: service };
  const trust = { Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition: trustCondition };
  const role = new aws.iam.Role(name, {
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
  });
  new aws.iam.RolePolicy(name, {
    role: role.id,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: Object.entries(may).map(([Resource, Action]) => ({ Effect: "Allow", Action, Resource })),
    }),
  });
  return role;
}

/** A state machine of that very name, of JSONata. */
export function aMachine(
  name: string,
  role: aws.iam.Role,
  states: { [name: string]: object },
  more: object = {},
): aws.sfn.StateMachine {
  return new aws.sfn.StateMachine(name, {
    name,
    roleArn: role.arn,
    definition: pulumi.jsonStringify({
      QueryLanguage: "JSONata",
      StartAt: Object.keys(states)[0],
      States: states,
      ...more,
    }),
  });
}

/** The ARN of something of the local account. */
export function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:us-east-1:000000000000:${resource}`;
}
