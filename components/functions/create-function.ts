import type * as pulumi from "@pulumi/pulumi";
import type { FunctionName } from "../../contracts/internal";
import type { CommonArgs } from "../common";
import type { FunctionNetwork } from "../network/network";
import { type FunctionOwnArgs, functions, type Resources } from "./functions";
import { StreamFunction } from "./stream-function";

/** Makes the Lambda of a handler. */
export type CreateFunction = (handler: FunctionName, own: FunctionOwnArgs) => StreamFunction;

/** @returns what makes the package's Lambdas, with all that they have in common. */
export function functionCreator(
  name: string,
  { network, ...common }: CommonArgs & { network: FunctionNetwork | undefined },
  opts: pulumi.ComponentResourceOptions,
): CreateFunction {
  return (handler, own) =>
    new StreamFunction(
      `${name}-${handler}`,
      { ...common, handler, ...own, ...(network && { network }) },
      opts,
    );
}

/** @returns what gives each function of the API, of the bus and of the guards: made when it is first asked for. */
export function functionsOf(
  create: CreateFunction,
  resources: Resources,
): (handler: FunctionName) => StreamFunction {
  const made = new Map<FunctionName, StreamFunction>();
  return (handler) => {
    const found = made.get(handler) ?? create(handler, functions[handler](resources));
    made.set(handler, found);
    return found;
  };
}
