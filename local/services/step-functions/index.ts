import { TaskFailure } from "../../asl/errors";
import { everything, given, one, type PermissionsOf, text } from "../../iam/permissions";
import type { JsonObject } from "../../json";
import { resourcesOfType } from "../../record/graph";
import { identifiedByArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { defineService } from "../define-service";
import { lowerFirst, renameMembers, upperFirst, withDates } from "../members";
import { StepFunctions } from "./step-functions";

/**
 * The answers to tasks carry no ARN; AWS finds the state machine by the token. A token that is nobody's asks for no
 * permission: the service refuses it anyway.
 */
const sendTask =
  (action: string): PermissionsOf =>
  ({ taskToken }, { stateMachineOfToken }) => {
    const resource = stateMachineOfToken(text(taskToken));
    return resource === undefined ? [] : [{ action, resource }];
  };

/** @throws {TaskFailure} for a member in another spelling, which CreateStateMachine would refuse. */
function toModel(args: JsonObject): JsonObject {
  const members = Object.entries(args).map(([member, value]) => {
    if (/^[A-Z]/.test(member)) return [lowerFirst(member), value];
    throw new TaskFailure(
      "States.Runtime",
      `The field '${member}' is not supported by Step Functions: write '${upperFirst(member)}'.`,
    );
  });
  return Object.fromEntries(members) as JsonObject;
}

export const stepFunctions = defineService({
  name: "StepFunctions",
  create: ({ clock, region, accountId, checkResource, runTask, signals, listener, maxEndedExecutions }) =>
    new StepFunctions({
      clock,
      region,
      accountId,
      checkResource,
      runTask,
      ...(maxEndedExecutions !== undefined && { maxEndedExecutions }),
      onEvent: (executionArn, event) => listener.onHistoryEvent?.(executionArn, event),
      onStatusChange: (detail) => signals.emit("executionStatus", detail),
    }),

  outputs: { "aws:sfn/stateMachine:StateMachine": identifiedByArn("states", "stateMachine:") },

  declare(graph, service, orRecord) {
    for (const resource of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
      const { name, inputs, outputs } = resource;
      const arn = String(outputs.arn);
      const reason = orRecord(resource, () =>
        service.declareStateMachine({
          ...{ name: String(outputs.name), arn },
          definition: String(inputs.definition),
          roleArn: String(inputs.roleArn),
          type: String(inputs.type ?? "STANDARD"),
        }),
      );
      if (reason !== undefined) {
        service.noteUnserved(arn, `The program's '${name}' is only recorded, not served: ${reason}`);
      }
    }
  },

  roleUsers: (graph) =>
    resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine").map(({ name, inputs, outputs }) => ({
      what: `The state machine '${name}'`,
      service: "states.amazonaws.com",
      role: String(inputs.roleArn),
      sourceArn: String(outputs.arn),
    })),

  api: {
    signingName: "states",
    protocols: [awsJson({ target: "AWSStepFunctions" })],
    actions: {
      DescribeExecution: one("states:DescribeExecution", given("executionArn")),
      DescribeStateMachine: one("states:DescribeStateMachine", given("stateMachineArn")),
      GetExecutionHistory: one("states:GetExecutionHistory", given("executionArn")),
      ListExecutions: one("states:ListExecutions", given("stateMachineArn")),
      ListStateMachines: one("states:ListStateMachines", everything),
      RedriveExecution: one("states:RedriveExecution", given("executionArn")),
      SendTaskFailure: sendTask("states:SendTaskFailure"),
      SendTaskHeartbeat: sendTask("states:SendTaskHeartbeat"),
      SendTaskSuccess: sendTask("states:SendTaskSuccess"),
      StartExecution: one("states:StartExecution", given("stateMachineArn")),
      StopExecution: one("states:StopExecution", given("executionArn")),
    },
    denial: { code: "AccessDeniedException", statusCode: 400 },
    faults: {
      throttle: ["ThrottlingException", "Rate exceeded", 400],
      broken: ["InternalFailure", "The request processing has failed because of an unknown error.", 500],
    },
    integrations: {
      sdk: {
        name: "sfn",
        prefix: "Sfn",
        toModel,
        ofModel: (result) => renameMembers(withDates(result), upperFirst),
      },
      // Without `.sync`: a workflow would wait for the other's end.
      optimized: {
        name: "states",
        prefix: "StepFunctions",
        actions: {
          startExecution: {
            callback: true,
            perform: async ({ call }, { Input, ...args }) => {
              // The integration takes JSON as it is, where the API takes its text.
              const text = typeof Input === "string" ? Input : JSON.stringify(Input ?? {});
              const result = await call("StartExecution", { ...toModel(args), input: text });
              return renameMembers(withDates(result), upperFirst);
            },
          },
        },
      },
    },
  },
});
