import { runSimulation } from "@cloud-copilot/iam-simulate";
import { expect } from "chai";
import fc from "fast-check";
import { readPolicy } from "../../../local/iam/document";
import { decide, type Requester } from "../../../local/iam/evaluate";
import type { JsonObject } from "../../../local/json";

const account = "000000000000";
const roleArn = `arn:aws:iam::${account}:role/worker`;
const arn = (rest: string) => `arn:aws:${rest}`.replace("ACCOUNT", account);
const requests = [
  ["dynamodb:PutItem", arn("dynamodb:us-east-1:ACCOUNT:table/streams-attempts")],
  ["dynamodb:Query", arn("dynamodb:us-east-1:ACCOUNT:table/streams-attempts/index/byStatus")],
  ["events:PutEvents", arn("events:us-east-1:ACCOUNT:event-bus/streams")],
  ["states:StartExecution", arn("states:us-east-1:ACCOUNT:stateMachine:streams")],
  ["states:DescribeExecution", arn("states:us-east-1:ACCOUNT:execution:streams:spring_1")],
  ["lambda:InvokeFunction", arn("lambda:us-east-1:ACCOUNT:function:streams-validate")],
  ["cloudfront:UpdateDistribution", arn("cloudfront::ACCOUNT:distribution/E2QWRUHAPOMQZL")],
  ["sqs:SendMessage", arn("sqs:us-east-1:ACCOUNT:dead-letters")],
] as const;

/** A text in which some characters became `?` and some stretches `*`, or which is another text. */
const blurred = (text: string, first: number, orAnything = true) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(text) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.integer({ min: first, max: text.length }), fc.integer({ min: 0, max: 12 }), fc.boolean())
        .map(([start, length, star]) => {
          const hidden = text.slice(start, start + length).replace(/[^:]/g, "?");
          const within = hidden.includes(":") || !star ? hidden : "*";
          return text.slice(0, start) + within + text.slice(start + length);
        }),
    },
    { weight: 1, arbitrary: fc.constant(`${text}x`) },
    { weight: 1, arbitrary: fc.constant(orAnything ? "*" : text) },
  );

/** Where the name begins, after the account and the type: before that the simulator takes no `?`. */
const nameIn = (resource: string) => /^arn:(?:[^:]*:){4}(?:[\w-]*[:/])?/.exec(resource)?.[0].length ?? 0;

const values: { readonly [key: string]: readonly string[] } = {
  "aws:SourceArn": [
    arn("events:us-east-1:ACCOUNT:rule/streams/confirmation"),
    arn("sns:us-east-1:ACCOUNT:topic"),
  ],
  "aws:SourceAccount": [account, "111111111111"],
  "aws:PrincipalTag/team": ["streams", "Streams", "other"],
  "aws:SecureTransport": ["true", "false"],
  "aws:CalledVia": ["cloudformation.amazonaws.com", "dynamodb.amazonaws.com"],
};
const ofStrings = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
];
const ofArns = ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"];

const condition = fc.constantFrom(...Object.keys(values)).chain((key) => {
  const operators = key === "aws:SourceArn" ? ofArns : key === "aws:SecureTransport" ? ["Bool"] : ofStrings;
  const isMultiValued = key === "aws:CalledVia";
  const operator = fc
    .tuple(
      fc.constantFrom(...(isMultiValued ? ["ForAllValues:", "ForAnyValue:"] : [""])),
      fc.constantFrom(...operators),
      fc.constantFrom("", "IfExists"),
    )
    .map((parts) => parts.join(""));
  const patterns = fc.array(
    fc
      .constantFrom(...(values[key] ?? []))
      .chain((value) =>
        key === "aws:SecureTransport"
          ? fc.constant(value)
          : key === "aws:SourceArn"
            ? blurred(value, 13, false)
            : blurred(value, 0),
      ),
    { minLength: 1, maxLength: 2 },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ operator, key: fc.constantFrom(key, key.toUpperCase()), patterns }) },
    {
      weight: 1,
      arbitrary: fc.record({
        operator: fc.constant("Null"),
        key: fc.constant(key),
        patterns: fc.constantFrom<string[]>(["true"], ["false"]),
      }),
    },
  );
});

const statement = (action: string, resource: string) =>
  fc
    .record({
      Effect: fc.constantFrom("Allow", "Allow", "Deny"),
      action: fc.tuple(
        fc.boolean(),
        fc.array(blurred(action, action.indexOf(":") + 1), { minLength: 1, maxLength: 2 }),
      ),
      resource: fc.tuple(
        fc.boolean(),
        fc.array(blurred(resource, nameIn(resource)), { minLength: 1, maxLength: 2 }),
      ),
      conditions: fc.array(condition, { maxLength: 2 }),
      upper: fc.boolean(),
    })
    .map(
      ({ Effect, action: [notAction, actions], resource: [notResource, resources], conditions, upper }) => {
        const Condition: { [operator: string]: JsonObject } = {};
        for (const { operator, key, patterns } of conditions) {
          Condition[operator] = { ...Condition[operator], [key]: patterns };
        }
        return {
          Effect,
          [notAction ? "NotAction" : "Action"]: actions.map((one) => (upper ? one.toUpperCase() : one)),
          [notResource ? "NotResource" : "Resource"]: resources,
          ...(conditions.length > 0 && { Condition }),
        };
      },
    );

const principal = fc.constantFrom<JsonObject | string>(
  "*",
  { AWS: "*" },
  { AWS: roleArn },
  { AWS: account },
  { AWS: `arn:aws:iam::${account}:root` },
  { AWS: `arn:aws:iam::${account}:role/other` },
  { Service: "events.amazonaws.com" },
  { AWS: [`arn:aws:iam::${account}:role/other`, roleArn] },
);

const context = fc.record(
  {
    "aws:SourceArn": fc.constantFrom(...(values["aws:SourceArn"] ?? [])),
    "aws:SourceAccount": fc.constantFrom(account, "111111111111"),
    "aws:PrincipalTag/team": fc.constantFrom("streams", "other"),
    "aws:SecureTransport": fc.constantFrom("true", "false"),
    "aws:CalledVia": fc.subarray([...(values["aws:CalledVia"] ?? [])], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

const scene = fc.constantFrom(...requests).chain(([action, resource]) =>
  fc.record({
    request: fc.record({ action: fc.constant(action), resource: fc.constant(resource), context }),
    identity: fc.array(statement(action, resource), { maxLength: 3 }),
    ofResource: fc.array(
      fc.tuple(statement(action, resource), principal).map(([one, Principal]) => ({ ...one, Principal })),
      { maxLength: 2 },
    ),
    requester: fc.constantFrom<Requester>(
      { kind: "role", roleArn },
      { kind: "service", service: "events.amazonaws.com" },
    ),
  }),
);

const policy = (statements: readonly JsonObject[]) => ({ Version: "2012-10-17", Statement: [...statements] });

async function askOracle({
  request,
  identity,
  ofResource,
  requester,
}: typeof scene extends fc.Arbitrary<infer T> ? T : never) {
  const answer = await runSimulation(
    {
      request: {
        principal: requester.kind === "role" ? requester.roleArn : requester.service,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: Object.fromEntries(
          Object.entries(request.context).filter(
            (entry): entry is [string, string | string[]] => entry[1] !== undefined,
          ),
        ),
      },
      identityPolicies:
        requester.kind === "role" && identity.length > 0 ? [{ name: "own", policy: policy(identity) }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(ofResource.length > 0 && { resourcePolicy: policy(ofResource) }),
    },
    {},
  );
  if (answer.resultType === "error") throw new Error(JSON.stringify(answer.errors));
  return answer.overallResult;
}

describe("the decisions on generated policies and requests", () => {
  it("are those of an independent IAM simulator", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(scene, async (drawn) => {
        const { request, identity, ofResource, requester } = drawn;
        const own = requester.kind === "role" ? readPolicy(policy(identity), "own") : [];
        const theirs = readPolicy(policy(ofResource), "theirs");
        const decision = decide(request, requester, own, theirs);
        const ours =
          decision === "allowed"
            ? "Allowed"
            : decision === "not allowed"
              ? "ImplicitlyDenied"
              : "ExplicitlyDenied";
        seen.set(ours, (seen.get(ours) ?? 0) + 1);
        expect(ours).to.equal(await askOracle(drawn));
      }),
      { numRuns: 400 },
    );
    expect([...seen.keys()], "kinds of decisions").to.have.members([
      "Allowed",
      "ImplicitlyDenied",
      "ExplicitlyDenied",
    ]);
  });
});
