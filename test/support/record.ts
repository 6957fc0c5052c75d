import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import type { JsonObject } from "../../local/json";
import { autonamerOf } from "../../local/record/autonaming";
import { type AwsPlace, awsOutputs, isKnownType } from "../../local/record/aws-outputs";
import { awsLookup } from "../../local/record/lookups";
import { mockEngine, type ResourceOptions } from "../../local/record/monitor";
import { withoutStackTraces } from "../../local/record/stack-traces";

/** What a program registered: one resource, custom or component. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** The inputs as the engine receives them; a member that is unknown in a preview stands as `undefined`. */
  readonly inputs: Inputs;
  /** Whether a provider makes it; a component is no more than its children. */
  readonly custom: boolean;
  /** `URN::ID` of the provider that was named; empty for the stack's own. */
  readonly provider: string;
  readonly options: ResourceOptions;
  /** What AWS would name it by; undefined in a preview. */
  readonly id: string | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs are asserted on, whatever their shape; chai is the judge.
export type Inputs = { [input: string]: any };

/** A recorded run of a program. */
export class Recording {
  readonly registrations: Registration[] = [];
  /** The URNs, which hold the type of each resource's parent: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
  readonly urns: string[] = [];

  /** The one registration of a type (a suffix of it will do) and name. */
  only(type: string, name: string): Registration {
    const found = this.ofType(type).filter((one) => one.name === name);
    if (found.length !== 1 || !found[0]) {
      throw new Error(`Expected one ${type} by the name '${name}', found ${found.length}.`);
    }
    return found[0];
  }

  /** The registrations of a type, of which a suffix such as `:Function` will do. */
  ofType(type: string): Registration[] {
    return this.registrations.filter((one) => one.type.endsWith(type));
  }

  /** Every resource as `parent's type > type name`, sorted: all that its identity depends on. */
  list(): string[] {
    return this.urns
      .map((urn) => urn.split("::").slice(2))
      .map(([types = "", name]) => `${types.split("$").join(" > ")} ${name}`)
      .filter((line) => line.includes(" > "))
      .sort();
  }
}

/** Where the recorded resources pretend to be. */
export const place: AwsPlace = {
  accountId: "123456789012",
  region: "eu-west-1",
  apiUrl: "https://api.example.com",
  awsUrl: "https://aws.example.com",
};

export interface RecordOptions {
  /** Runs as `pulumi preview` does: what AWS would answer is unknown. */
  readonly preview?: boolean;
  /** The stack's configuration, such as `pulumi:autonaming`: keys with their namespaces, structured values as JSON. */
  readonly config?: { readonly [key: string]: string };
  /** Called with the recording as it grows, so that a program that throws leaves it to be looked at. */
  readonly recording?: Recording;
}

/**
 * Runs a program under mocks that are its own, with AWS-shaped ids and ARNs, and waits for every registration.
 *
 * @throws what the program throws, or what an `apply` in it throws.
 */
export async function record<T>(
  program: () => T,
  { preview = false, config = {}, recording = new Recording() }: RecordOptions = {},
): Promise<Recording & { readonly result: T }> {
  let result: T | undefined;
  const configuration = { project: "stream-orchestration", stack: "test", config };
  const physicalName = autonamerOf(configuration);
  const answerOf = (type: string, name: string, inputs: JsonObject, givenId: string | undefined) => {
    if (preview) return { id: undefined, state: {} };
    if (!isKnownType(type)) return { id: name, state: inputs };
    // What the program has made itself is read as it made it: without what it did not give.
    const made = recording.registrations.find((one) => one.type === type && one.id === givenId);
    const known = made?.inputs ?? inputs;
    const { id, outputs } = awsOutputs(type, { name, inputs: known, givenId }, place, physicalName);
    const absent = Object.keys(inputs).map((key) => [key, null]);
    return { id, state: { ...Object.fromEntries(absent), ...known, ...outputs } };
  };
  const close = await mockEngine(
    require,
    {
      newResource: ({ type, name, inputs, custom, provider, id }, options) => {
        const answer = answerOf(type, name, inputs as JsonObject, id || undefined);
        if (type !== "pulumi:pulumi:Stack") {
          recording.registrations.push({
            type,
            name,
            inputs: inputs as Inputs,
            custom: custom !== false,
            provider: provider ?? "",
            options,
            id: answer.id,
          });
        }
        return answer;
      },
      call: ({ token, inputs }) => {
        const answer = awsLookup(token, inputs as JsonObject, place);
        if (!answer) throw new Error(`The program looks up ${token}, which the recorder does not know.`);
        return answer;
      },
    },
    configuration,
    preview,
  );
  const failures: unknown[] = [];
  const onRejection = (error: unknown) => failures.push(error);
  // An error inside of an `apply` rejects a promise that nobody but Pulumi's own runner looks at.
  process.on("unhandledRejection", onRejection);
  try {
    await withoutStackTraces(require, async () => {
      await pulumi.runtime.runInPulumiStack(async () => {
        result = program();
      });
      await pulumi.runtime.disconnect();
    });
    await new Promise((done) => setImmediate(done));
    recording.urns.push(...(getMonitor() as unknown as MockMonitor).getRegisteredResources().keys());
  } finally {
    close();
    process.off("unhandledRejection", onRejection);
  }
  if (failures.length > 0) throw failures[0];
  return Object.assign(recording, { result: result as T });
}

/** The value of an output; undefined where a preview does not know it. */
export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** The same value where the digests that end made-up names are left out, so that these are the logical names. */
export function withoutDigests<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(/-[0-9a-f]{7,8}(?=["/:\\])/g, "")) as T;
}
