import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import { leastArgs } from "../../test/support/stream-orchestration";
import { typeFacts } from "../../test/support/type-facts";

/** @returns the program of a checkout, which runs anew for every command. */
export function programOf(checkout: string): PulumiFn {
  const load = createRequire(join(checkout, "index.ts"));
  return async () => {
    delete load.cache[load.resolve("./index.ts")];
    return { ...load("./index.ts") };
  };
}

/** The repository's own program. */
export const program = programOf(resolve(__dirname, "../.."));

/** A program of one component, whose tables may be deleted. */
export function component(
  name: string,
  { opts, ...args }: Partial<StreamOrchestrationArgs> & { opts?: pulumi.ComponentResourceOptions } = {},
): PulumiFn {
  return async () => {
    new StreamOrchestration(name, { ...leastArgs, protect: false, ...args }, opts);
  };
}

/** A transform that gives everything that has a name one of a team's own. */
export const ownNames: pulumi.ResourceTransform = ({ type, name, props, opts }) => {
  const hasName = typeFacts[type]?.nameLength !== undefined;
  if (!hasName || props.name !== undefined) return undefined;
  const { namePrefix: _, ...others } = props;
  return { props: { ...others, name: `acme-${name}` }, opts };
};
