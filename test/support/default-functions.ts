import { type FunctionName, functionNames } from "../../contracts/internal";

/** The functions of a component with its defaults: all but those of an option. */
export type DefaultFunctionName = Exclude<
  FunctionName,
  "probe-manifest" | "compose-notification" | "send-webhook"
>;

const optional: readonly FunctionName[] = ["probe-manifest", "compose-notification", "send-webhook"];

export const defaultFunctionNames = functionNames.filter(
  (name): name is DefaultFunctionName => !optional.includes(name),
);
