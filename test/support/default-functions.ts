import { type FunctionName, functionNames } from "../../contracts/internal";

/** The functions of a component with its defaults: all but those of an option. */
export type DefaultFunctionName = Exclude<FunctionName, "probe-manifest" | "compose-notification">;

export const defaultFunctionNames = functionNames.filter(
  (name): name is DefaultFunctionName => name !== "probe-manifest" && name !== "compose-notification",
);
