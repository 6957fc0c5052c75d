import type { JsonObject } from "../../../local/json";
import type { Graph } from "../../../local/record/graph";

/** A graph of one function whose code is text, as Pulumi makes it of an inline callback. */
export function graphOfFunction(
  source: string,
  inputs: JsonObject = {},
  more: Graph["resources"] = [],
): Graph {
  const arn = "arn:aws:lambda:eu-west-1:000000000000:function:greeter";
  return {
    resources: [
      {
        type: "aws:lambda/function:Function",
        name: "greeter",
        id: "greeter",
        inputs: {
          handler: "index.handler",
          code: { assetArchive: { "index.js": { stringAsset: source } } },
          ...inputs,
        },
        outputs: { name: "greeter", arn },
      },
      ...more,
    ],
    outputs: {},
  };
}

/** What the program said about the function's failed events. */
export function invokeConfig(inputs: JsonObject): Graph["resources"][number] {
  return {
    type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    name: "greeter",
    id: "greeter",
    inputs: { functionName: "greeter", ...inputs },
    outputs: {},
  };
}
