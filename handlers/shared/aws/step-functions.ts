import type * as sdk from "@aws-sdk/client-sfn";
import { AwsClient, type AwsClientSettings, commandOf } from "./client";
import { jsonProtocol } from "./json-protocol";

const protocol = jsonProtocol({
  host: "states",
  signingName: "states",
  target: "AWSStepFunctions",
  times: ["creationDate", "redriveDate", "startDate", "stopDate"],
});

export class SFNClient extends AwsClient {
  constructor(settings: AwsClientSettings = {}) {
    super(protocol, settings);
  }
}

export const DescribeExecutionCommand = commandOf<sdk.DescribeExecutionInput, sdk.DescribeExecutionOutput>(
  "DescribeExecution",
);
export const DescribeStateMachineCommand = commandOf<
  sdk.DescribeStateMachineInput,
  sdk.DescribeStateMachineOutput
>("DescribeStateMachine");
export const ListExecutionsCommand = commandOf<sdk.ListExecutionsInput, sdk.ListExecutionsOutput>(
  "ListExecutions",
);
export const SendTaskFailureCommand = commandOf<sdk.SendTaskFailureInput, sdk.SendTaskFailureOutput>(
  "SendTaskFailure",
);
export const SendTaskSuccessCommand = commandOf<sdk.SendTaskSuccessInput, sdk.SendTaskSuccessOutput>(
  "SendTaskSuccess",
);
export const StartExecutionCommand = commandOf<sdk.StartExecutionInput, sdk.StartExecutionOutput>(
  "StartExecution",
);
