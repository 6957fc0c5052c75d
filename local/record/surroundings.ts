import type { Json, JsonObject } from "../json";

/** Answers an invoke, such as that of `aws.ec2.getSubnets`: the result, or a function of the arguments that returns it. */
export type InvokeMock = JsonObject | ((args: JsonObject) => JsonObject | Promise<JsonObject>);

/** What a program finds around it and does not create itself. */
export interface Surroundings {
  /** Milliseconds in which nothing happens before the start says that the program waits for ever. @default 5000 */
  readonly patienceMs?: number | undefined;
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
