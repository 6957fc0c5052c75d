import {
  allDependencies,
  conditionKeys,
  list,
  ofType,
  type Rule,
  resource,
  statementsOf,
  unless,
} from "../rule";
import { types } from "../types";

const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [statement] });

/** What a wildcard may stand for: the streams of one log group, the executions of one machine, the schedules of one group. */
const ofOne = [/:log-group:[^*]+:\*$/, /:execution:[^*:]+:\*$/, /:schedule\/[^*/]+\/\*$/];

/**
 * Services that are documented to name the account for which they take on a role. Of Lambda and EventBridge's rules that is
 * not said, and a condition on what is not sent refuses everything.
 */
const tellingSource = ["Service: states.amazonaws.com", "Service: scheduler.amazonaws.com"];

export const permissionRules: readonly Rule[] = [
  {
    id: "no-wildcard-actions",
    source: "AwsSolutions-IAM5; Security Hub IAM.1, IAM.21",
    says: "A role's policy names each action.",
    appliesTo: [types.rolePolicy],
    check: ({ inputs }) =>
      statementsOf(inputs.policy)
        .filter(({ effect }) => effect === "Allow")
        .flatMap(({ actions }) => actions)
        .filter((action) => action.includes("*"))
        .map((action) => `it allows ${action}`),
    wrong: [
      resource(types.rolePolicy, { policy: policy({ Effect: "Allow", Action: "sns:*", Resource: "arn:x" }) }),
    ],
  },
  {
    id: "no-wildcard-resources",
    source: "AwsSolutions-IAM5",
    says: "A role's policy names each resource; only what belongs to one log group, state machine or schedule group may be any.",
    appliesTo: [types.rolePolicy],
    check: ({ inputs }) =>
      statementsOf(inputs.policy)
        .filter(({ effect }) => effect === "Allow")
        .flatMap(({ actions, resources }) =>
          resources
            .filter((one) => one.includes("*") && !ofOne.some((pattern) => pattern.test(one)))
            .flatMap((one) => actions.map((action) => `it allows ${action} on ${one}`)),
        ),
    wrong: [
      resource(types.rolePolicy, {
        policy: policy({ Effect: "Allow", Action: "sns:Publish", Resource: ["arn:aws:sns:eu-west-1:1:*"] }),
      }),
    ],
  },
  {
    id: "no-managed-policies",
    source: "AwsSolutions-IAM4",
    says: "A role has policies of its own, none that AWS manages.",
    appliesTo: [types.role],
    check: (role, graph) => [
      ...unless(list(role.inputs.managedPolicyArns).length === 0, "it has managed policies"),
      ...ofType(graph, types.policyAttachment)
        .filter(({ inputs }) => [role.id, role.outputs.name].includes(inputs.role ?? null))
        .map(({ inputs }) => `it has ${String(inputs.policyArn)}`),
    ],
    wrong: [
      resource(types.role, {}, { name: "r" }),
      resource(types.policyAttachment, {
        role: "r",
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
    ],
  },
  {
    id: "one-trusted-service",
    source: "AWS IAM: Security best practices",
    says: "A role may be taken on by one AWS service, and by nobody else.",
    appliesTo: [types.role],
    check: ({ inputs }) => {
      const statements = statementsOf(inputs.assumeRolePolicy);
      const principals = statements.flatMap((statement) => statement.principals);
      const actions = statements.flatMap((statement) => statement.actions);
      return [
        ...unless(principals.length === 1, `it trusts ${principals.join(", ")}`),
        ...principals.filter((one) => !one.startsWith("Service: ")).map((one) => `it trusts ${one}`),
        ...unless(actions.join() === "sts:AssumeRole", `it allows ${actions.join(", ")}`),
      ];
    },
    wrong: [
      resource(types.role, {
        assumeRolePolicy: policy({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }),
      }),
    ],
  },
  {
    id: "no-confused-deputy",
    source:
      "AWS IAM: The confused deputy problem; Step Functions and EventBridge Scheduler: Confused deputy prevention",
    says: "A service that says for whom it acts takes on a role for this account only.",
    appliesTo: [types.role],
    check: ({ inputs }) =>
      statementsOf(inputs.assumeRolePolicy)
        .filter(({ principals }) => principals.some((one) => tellingSource.includes(one)))
        .filter((statement) => !conditionKeys(statement).includes("aws:sourceaccount"))
        .map(({ principals }) => `${principals.join(", ")} may take it on for another account`),
    wrong: [
      resource(types.role, {
        assumeRolePolicy: policy({
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
        }),
      }),
    ],
  },
  {
    id: "role-ready",
    source: "AWS IAM: Changes are not always immediately visible; Pulumi: dependsOn",
    says: "What gets a role, or hands it on, is made after the policies of that role.",
    appliesTo: [types.function, types.stateMachine, types.schedule, types.eventTarget, types.pipe],
    check: (user, graph) => {
      const text = JSON.stringify(user.inputs);
      // A definition holds ARNs as text within its own text.
      const roles = ofType(graph, types.role).filter(({ outputs }) =>
        new RegExp(`${String(outputs.arn)}(?![\\w+=,.@-])`).test(text),
      );
      const before = allDependencies(user, graph);
      return ofType(graph, types.rolePolicy)
        .filter(({ inputs }) => roles.some(({ id }) => id === inputs.role))
        .filter(({ options }) => !before.has(options?.urn ?? ""))
        .map(({ name }) => `it does not wait for the policy ${name}`);
    },
    wrong: [
      resource(types.schedule, { target: { roleArn: "arn:aws:iam::1:role/r" } }),
      { ...resource(types.role, {}, { arn: "arn:aws:iam::1:role/r" }), id: "r" },
      resource(types.rolePolicy, { role: "r" }),
    ],
  },
  {
    id: "passed-roles",
    source: "AWS IAM: Granting permissions to pass a role to a service",
    says: "A role that may be passed on is named, and so is the service that gets it.",
    appliesTo: [types.rolePolicy],
    check: ({ inputs }) =>
      statementsOf(inputs.policy)
        .filter(({ actions }) => actions.includes("iam:PassRole"))
        .flatMap((statement) => [
          ...statement.resources.filter((one) => one.includes("*")).map((one) => `it may pass on ${one}`),
          ...unless(
            conditionKeys(statement).includes("iam:passedtoservice"),
            "it may pass a role on to any service",
          ),
        ]),
    wrong: [
      resource(types.rolePolicy, {
        policy: policy({ Effect: "Allow", Action: "iam:PassRole", Resource: "arn:aws:iam::1:role/r" }),
      }),
    ],
  },
];
