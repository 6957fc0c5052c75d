import { resolve } from "node:path";
import { isJsonObject, type Json, type JsonObject } from "../json";
import { autonamerOf } from "./autonaming";
import { type AwsPlace, awsOutputs, isKnownType, knownTypes, unservedBecause } from "./aws-outputs";
import type { Graph, RecordedResource } from "./graph";
import { filledMembers, givenName, inertOutputs } from "./inert-outputs";
import { type Prepared, type Program, prepare } from "./load-program";
import { answerInvoke, unansweredLookup } from "./lookups";
import { mockEngine } from "./monitor";
import { runProgram } from "./run-program";
import { withoutStackTraces } from "./stack-traces";
import { patienceOf, type Surroundings, stackReferenceState } from "./surroundings";

type Pulumi = typeof import("@pulumi/pulumi");

const stackReference = "pulumi:pulumi:StackReference";

/** Pulumi's runtime is one for the whole process: programs are recorded one after the other. */
let lastRecording: Promise<unknown> = Promise.resolve();

/**
 * Runs a Pulumi program under Pulumi's mocks and records every resource that it registers, with the outputs that AWS
 * would give.
 *
 * @param program its main file, or a function, whose result is the stack outputs.
 * @param stack the stack whose `Pulumi.<stack>.yaml`, beside the file, configures it; a function is configured by `overrides` alone.
 * @param overrides configuration values that stand before those of the files, by key.
 * @param surroundings what the program finds around it, and what happens with resources that the runtime does not serve.
 * @throws {Error} what the program throws, an invoke that nothing answers, a StackReference without outputs; with `unsupported: "refuse"`, all at
 * once, every resource and invoke that the runtime does not know.
 */
export function recordProgram(
  program: Program,
  stack: string,
  place: AwsPlace,
  overrides: { readonly [key: string]: string } = {},
  surroundings: Surroundings = {},
): Promise<Graph> {
  const recording = lastRecording.then(async () => {
    const prepared = await prepare(program, stack, overrides);
    return withoutStackTraces(prepared.load, () => record(prepared, program, place, surroundings));
  });
  lastRecording = recording.catch(() => undefined);
  return recording;
}

async function record(
  { configuration, load, pulumi, run, forget }: Prepared,
  program: Program,
  place: AwsPlace,
  surroundings: Surroundings,
): Promise<Graph> {
  const resources: RecordedResource[] = [];
  const unknown = new Set<string>();
  const isStrict = surroundings.unsupported === "refuse";
  const members = new Map<string, readonly string[]>();
  const physicalName = autonamerOf(configuration);
  let registrations = 0;
  pulumi.runtime.setAllConfig({ ...configuration.config });
  const close = await mockEngine(
    load,
    {
      newResource: async ({ type, name, inputs, custom, id: givenId }, options, isRemote) => {
        registrations += 1;
        const recorded = (await toJson(pulumi.asset, inputs)) as JsonObject;
        if (type === stackReference) {
          return { id: name, state: stackReferenceState(String(recorded.name), surroundings) };
        }
        if (isKnownType(type)) {
          // What the program has made itself is read as it made it: without what it did not give.
          const made = givenId && resources.find((one) => one.type === type && one.id === givenId);
          const resource = { name, inputs: made ? made.inputs : recorded, givenId: givenId || undefined };
          const { id, outputs } = awsOutputs(type, resource, place, physicalName);
          const inertBecause = isStrict ? undefined : unservedBecause({ type, name, inputs: recorded });
          resources.push({
            ...{ type, name, id, inputs: resource.inputs, outputs, options },
            ...(inertBecause !== undefined && { isInert: true, inertBecause }),
          });
          const absent = made && Object.fromEntries(Object.keys(inputs).map((key) => [key, null]));
          return { id, state: { ...(absent || inputs), ...outputs } };
        }
        if (custom === false && !isRemote) return { id: name, state: inputs };
        // The program goes on in either case, so that the refusal names everything.
        if (isStrict) unknown.add(`resource '${name}' of type ${type}`);
        const { id, outputs } = inertOutputs({
          ...{ type, inputs: recorded, place, members: members.get(type) ?? [] },
          physicalName: givenName(type, recorded) ?? physicalName(type, name),
          givenId: givenId || undefined,
        });
        resources.push({ type, name, id, inputs: recorded, outputs, options, isInert: true });
        return { id, state: { ...outputs, ...inputs } };
      },
      call: async ({ token, inputs }) => {
        registrations += 1;
        const args = (await toJson(pulumi.asset, inputs)) as JsonObject;
        const answer = await answerInvoke(token, args, place, surroundings);
        if (answer) return answer;
        if (!isStrict) throw new Error(unansweredLookup(token, args));
        unknown.add(`look-up ${token}`);
        return {};
      },
    },
    configuration,
    false,
  );
  const runWithMembers = () => {
    pulumi.runtime.registerStackTransformation(({ type, resource, props }) => {
      if (!isKnownType(type) && !members.has(type)) members.set(type, filledMembers(resource, props));
      return undefined;
    });
    return run();
  };
  const outputs = (await runProgram(load, runWithMembers, () => registrations, patienceOf(surroundings))
    .then((exports) => toJson(pulumi.asset, exports))
    .catch((error: unknown) => {
      // What fails without the answer to an invoke, fails because of it.
      throw unknown.size > 0 ? unsupportedError(program, unknown) : error;
    })
    .finally(close)
    .finally(forget)) as JsonObject;
  if (unknown.size > 0) throw unsupportedError(program, unknown);
  return { resources, outputs };
}

function unsupportedError(program: Program, unknown: ReadonlySet<string>): Error {
  const name = typeof program === "string" ? program : "the program";
  return new Error(
    [
      `The local runtime does not support what ${name} uses:`,
      ...[...unknown].map((entry) => `  - ${entry}`),
      `It knows ${knownTypes.join(", ")}.`,
    ].join("\n"),
  );
}

/** The marks of a secret among the inputs of a resource, as Pulumi's provider protocol has them. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Turns what a program gives into JSON, what its archives and assets hold included. */
async function toJson(asset: Pulumi["asset"], value: unknown): Promise<Json> {
  if (value instanceof asset.FileArchive) return { fileArchive: resolve(await value.path) };
  if (value instanceof asset.AssetArchive) return { assetArchive: await toJson(asset, await value.assets) };
  if (value instanceof asset.FileAsset) return { fileAsset: resolve(await value.path) };
  if (value instanceof asset.StringAsset) return { stringAsset: await value.text };
  if (Array.isArray(value)) return Promise.all(value.map((element) => toJson(asset, element)));
  if (!isJsonObject(value)) return value as Json;
  // A provider gets the value of a secret, and so do the services here.
  if (value[signature] === secretSignature) return toJson(asset, value.value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(async ([key, member]) => [key, await toJson(asset, member)] as const);
  return Object.fromEntries(await Promise.all(members));
}
