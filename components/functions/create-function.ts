import type * as pulumi from "@pulumi/pulumi";
import type { FunctionName } from "../../contracts/internal";
import type { CommonArgs } from "../common";
import type { FunctionNetwork } from "../network/network";
import { type CommonFunctionName, type FunctionOwnArgs, functions, type Resources } from "./functions";
import { StreamFunction } from "./stream-function";

/** Creates the Lambda of a handler. */
export type CreateFunction = (handler: FunctionName, own: FunctionOwnArgs) => StreamFunction;

/** @returns a function that creates a Lambda, with the settings that all Lambdas share. */
export function functionCreator(
  name: string,
  { network, ...common }: CommonArgs & { network: FunctionNetwork | undefined },
  opts: pulumi.ComponentResourceOptions,
): CreateFunction {
  return (handler, { isOutside, ...own }) =>
    new StreamFunction(
      `${name}-${handler}`,
      { ...common, handler, ...own, ...(network && !isOutside && { network }) },
      opts,
    );
}

/** @returns a lookup of the Lambdas of the API, the bus and the guards. Each is created at its first use. */
export function functionsOf(
  create: CreateFunction,
  resources: Resources,
): (handler: CommonFunctionName) => StreamFunction {
  const made = new Map<FunctionName, StreamFunction>();
  return (handler) => {
    const found = made.get(handler) ?? create(handler, functions[handler](resources));
    made.set(handler, found);
    return found;
  };
}
