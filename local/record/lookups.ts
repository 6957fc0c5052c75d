import type { Json, JsonObject } from "../json";
import { type AwsPlace, digest, localArn } from "./outputs";
import { renderPolicyDocument } from "./policy-document";
import type { Surroundings } from "./surroundings";

type Answer = (inputs: JsonObject, place: AwsPlace, surroundings: Surroundings) => JsonObject;

/** The letters of the availability zones that the local Region has. */
const zoneLetters = ["a", "b", "c"];

/** The invokes that the runtime answers itself, by token. */
const answers: { readonly [token: string]: Answer } = {
  "aws:index/getRegion:getRegion": (_, { region, awsUrl }) => ({
    ...{ id: region, name: region, region, endpoint: awsUrl },
    description: region,
  }),
  "aws:index/getRegions:getRegions": (_, { region }) => ({ id: "aws", names: [region] }),
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId }) => ({
    id: accountId,
    accountId,
    arn: `arn:aws:iam::${accountId}:user/local`,
    userId: accountId,
  }),
  "aws:index/getPartition:getPartition": () => ({
    ...{ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" },
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (_, { region }) => ({
    id: region,
    names: zoneLetters.map((letter) => `${region}${letter}`),
    zoneIds: zoneLetters.map((_letter, index) => `use1-az${index + 1}`),
    groupNames: [region],
  }),
  "aws:index/getAvailabilityZone:getAvailabilityZone": ({ name }, { region }) => {
    const zone = String(name ?? `${region}a`);
    return { id: zone, name: zone, region, nameSuffix: zone.slice(region.length), state: "available" };
  },
  "aws:ec2/getVpc:getVpc": ({ id }) => ({ id: id ?? "", cidrBlock: "10.0.0.0/16" }),
  "aws:ec2/getPrefixList:getPrefixList": ({ name }) => ({
    ...{ id: `pl-${digest(String(name), 8)}`, name: name ?? "", cidrBlocks: [] },
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": renderPolicyDocument,
  "aws:ssm/getParameter:getParameter": ({ name }, place, surroundings) =>
    ssmParameter(String(name), place, surroundings),
};

/**
 * Answers an invoke (`aws.getRegion` and the like) that a program makes: with the caller's mock, or else as the runtime does.
 *
 * @returns undefined for one that neither answers.
 * @throws {Error} what a mock throws; that an SSM parameter is not given.
 */
export async function answerInvoke(
  token: string,
  inputs: JsonObject,
  place: AwsPlace,
  surroundings: Surroundings,
): Promise<JsonObject | undefined> {
  const { mocks = {} } = surroundings;
  const mock = Object.hasOwn(mocks, token) ? mocks[token] : undefined;
  if (typeof mock === "function") return mock(inputs);
  if (mock) return { ...inputs, ...mock };
  return awsLookup(token, inputs, place, surroundings);
}

/** Answers an invoke as the runtime does, or undefined for one that it does not answer. */
export function awsLookup(
  token: string,
  inputs: JsonObject,
  place: AwsPlace,
  surroundings: Surroundings = {},
): JsonObject | undefined {
  return Object.hasOwn(answers, token) ? answers[token]?.(inputs, place, surroundings) : undefined;
}

/** @returns how a caller answers an invoke that the runtime does not answer. */
export function unansweredLookup(token: string, inputs: JsonObject): string {
  return (
    `The local runtime does not answer the invoke ${token} with ${JSON.stringify(inputs)}. ` +
    `Answer it with the option mocks of startLocal: mocks: { "${token}": (args) => ({ … }) }, or --mocks FILE, a JSON file with { "${token}": { … } }.`
  );
}

function ssmParameter(name: string, place: AwsPlace, { ssmParameters = {} }: Surroundings): JsonObject {
  const value: Json | undefined = Object.hasOwn(ssmParameters, name) ? ssmParameters[name] : undefined;
  if (value === undefined) {
    throw new Error(
      `The SSM parameter '${name}' has no value here. Give it with the option ssmParameters: { "${name}": "…" }, or --ssm-parameter ${name}=VALUE.`,
    );
  }
  const arn = localArn(place, "ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`);
  return { id: name, name, arn, type: "String", value, insecureValue: value, version: 1 };
}
