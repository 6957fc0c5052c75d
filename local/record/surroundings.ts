import type { Json, JsonObject } from "../json";
import type { Patience } from "./standstill";

/** Answers an invoke, such as that of `aws.ec2.getSubnets`: the result, or a function of the arguments that returns it. */
export type InvokeMock = JsonObject | ((args: JsonObject) => JsonObject | Promise<JsonObject>);

/** What a program finds around it and does not create itself. */
export interface Surroundings {
  /**
   * Seconds for which the program may register nothing while something keeps it running. Then the start ends, with what the program waits for. Where
   * nothing runs that could settle a promise, it ends after five seconds in any case.
   * @default - 30 where only repeating timers run, else 120
   */
  readonly programPatienceSeconds?: number | undefined;
  /** Takes what the program waits for, once it has registered nothing for ten seconds. @default - nobody is told */
  readonly onProgramWaits?: ((message: string) => void) | undefined;
  /**
   * What happens with resources that the local runtime does not serve: `record` gives them plausible outputs and lets the start go on, `refuse` names
   * them all in an error.
   * @default "record"
   */
  readonly unsupported?: "record" | "refuse" | undefined;
  /** Answers to invokes, by token such as `aws:ec2/getSubnets:getSubnets`. They stand before the runtime's own. @default - none */
  readonly mocks?: { readonly [token: string]: InvokeMock } | undefined;
  /** Values of SSM parameters that the program reads, by name. @default - none */
  readonly ssmParameters?: { readonly [name: string]: string } | undefined;
  /** Outputs of the stacks to which the program has a StackReference, by the stack's name as the program gives it. @default - none */
  readonly stackOutputs?: { readonly [stack: string]: { readonly [output: string]: Json } } | undefined;
}

/**
 * @returns the state of a StackReference.
 * @throws {Error} with how the outputs are given, when they are not.
 */
export function stackReferenceState(stack: string, { stackOutputs = {} }: Surroundings): JsonObject {
  const outputs = Object.hasOwn(stackOutputs, stack) ? stackOutputs[stack] : undefined;
  if (outputs) return { name: stack, outputs: { ...outputs }, secretOutputNames: [] };
  const given = Object.keys(stackOutputs).map((name) => `'${name}'`);
  throw new Error(
    `The outputs of the stack '${stack}' are not given${given.length > 0 ? ` (but those of ${given.join(", ")})` : ""}. ` +
      `Give them with the option stackOutputs: { "${stack}": { … } }, or --stack-outputs FILE, a JSON file with { "${stack}": { … } }.`,
  );
}

/** @returns how long a program may stand still. */
export function patienceOf({ programPatienceSeconds, onProgramWaits }: Surroundings): Patience {
  const givenMs = programPatienceSeconds === undefined ? undefined : programPatienceSeconds * 1000;
  const idleMs = Math.min(5000, givenMs ?? Infinity);
  return { idleMs, intervalMs: givenMs, workMs: givenMs, onWaiting: onProgramWaits };
}

/** @returns what of some options is a program's surroundings, and nothing else. */
export function pickSurroundings(options: Surroundings): Surroundings {
  const { unsupported, mocks, ssmParameters, stackOutputs, programPatienceSeconds, onProgramWaits } = options;
  return { unsupported, mocks, ssmParameters, stackOutputs, programPatienceSeconds, onProgramWaits };
}
