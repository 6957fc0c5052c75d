import { one, text } from "../../iam/permissions";
import { localArn, named } from "../../record/outputs";
import { defineService } from "../define-service";
import { invokeFunction } from "./invoke-function";
import { LambdaApi } from "./lambda-api";
import { functionPolicies, functionRoles } from "./policies";
import { unservedCode } from "./unserved-code";
import { lambdaJson } from "./wire";

export const lambda = defineService({
  name: "Lambda",
  create: ({ functions }) => new LambdaApi(functions),

  outputs: {
    "aws:lambda/function:Function": (resource) => {
      const arn = localArn(resource.place, "lambda", `function:${resource.physicalName}`);
      return {
        ...named(resource),
        arn,
        invokeArn: `arn:aws:apigateway:${resource.place.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      };
    },
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ({ inputs }) => ({
      id: String(inputs.functionName),
    }),
    "aws:lambda/permission:Permission": ({ physicalName }) => ({
      id: physicalName,
      statementId: physicalName,
    }),
  },

  unserved: ({ type, inputs }) =>
    type === "aws:lambda/function:Function" ? unservedCode(inputs) : undefined,
  roleUsers: functionRoles,
  resourcePolicies: functionPolicies,

  api: {
    signingName: "lambda",
    protocols: [lambdaJson],
    actions: {
      ListFunctions: one("lambda:ListFunctions", () => "*"),
      Invoke: one("lambda:InvokeFunction", ({ FunctionName }, { region, accountId }) => {
        const name = text(FunctionName);
        return name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
      }),
    },
    denial: { code: "AccessDeniedException", statusCode: 403 },
    faults: {
      throttle: ["TooManyRequestsException", "Rate Exceeded.", 429],
      broken: ["ServiceException", "The AWS Lambda service encountered an internal error.", 500],
    },
    integrations: {
      optimized: {
        name: "lambda",
        prefix: "Lambda",
        denial: "AWSLambdaException",
        actions: { invoke: { callback: true, perform: invokeFunction } },
      },
    },
  },
});
