// Definitions that this runtime and another implementation both run, of the kind that the component's own ones are.
import type { Json, JsonObject } from "../local/json";

export interface ComparedDefinition {
  readonly name: string;
  /** What is measured. */
  readonly what: string;
  readonly definition: JsonObject;
  readonly input: Json;
}

export const tableName = "compared";

const paths = Array.from({ length: 40 }, (_, index) => `/live/stream-${index}/*`);
const channels = Array.from({ length: 10 }, (_, index) => ({
  id: String(1001 + index),
  state: index % 3 === 0 ? "RUNNING" : "IDLE",
}));

/** Finds a place in a distribution's configuration, and looks at each channel of a pool. */
const withoutTasks: JsonObject = {
  QueryLanguage: "JSONata",
  StartAt: "ReadRequest",
  States: {
    ReadRequest: {
      Type: "Pass",
      Assign: {
        streamId: "{% $states.input.streamId %}",
        pattern: "{% '/live/' & $states.input.streamId & '/*' %}",
        behaviors: "{% $states.input.paths.{ 'PathPattern': $, 'TargetOriginId': $split($, '/')[2] } %}",
      },
      Output: "{% $states.input %}",
      Next: "DecidePlace",
    },
    DecidePlace: {
      Type: "Choice",
      Choices: [
        { Condition: "{% $count($behaviors) >= 75 %}", Next: "Full" },
        { Condition: "{% $pattern in $behaviors.PathPattern %}", Next: "Taken" },
      ],
      Default: "Prepare",
    },
    Prepare: {
      Type: "Parallel",
      Branches: [
        {
          StartAt: "AddBehavior",
          States: {
            AddBehavior: {
              Type: "Pass",
              Output: {
                Items:
                  "{% $append({ 'PathPattern': $pattern, 'TargetOriginId': $streamId }, $behaviors)^(PathPattern) %}",
                Quantity: "{% $count($behaviors) + 1 %}",
              },
              End: true,
            },
          },
        },
        {
          StartAt: "LookAtChannels",
          States: {
            LookAtChannels: {
              Type: "Map",
              Items: "{% $states.input.channels %}",
              ItemProcessor: {
                ProcessorConfig: { Mode: "INLINE" },
                StartAt: "DecideChannel",
                States: {
                  DecideChannel: {
                    Type: "Choice",
                    Choices: [{ Condition: "{% $states.input.state = 'IDLE' %}", Next: "Free" }],
                    Default: "Busy",
                  },
                  Free: {
                    Type: "Pass",
                    Output: "{% $merge([$states.input, { 'isFree': true }]) %}",
                    End: true,
                  },
                  Busy: {
                    Type: "Pass",
                    Output: "{% $merge([$states.input, { 'isFree': false }]) %}",
                    End: true,
                  },
                },
              },
              End: true,
            },
          },
        },
      ],
      Next: "Gather",
    },
    // MiniStack 1.5 leaves out the Output of a Parallel state.
    Gather: {
      Type: "Pass",
      Output: {
        configuration: "{% $states.input[0] %}",
        free: "{% [$states.input[1][isFree].id] %}",
        request: "{% $string({ 'streamId': $streamId, 'pattern': $pattern }) %}",
      },
      Next: "Done",
    },
    Full: { Type: "Fail", Error: "Full" },
    Taken: { Type: "Fail", Error: "Taken" },
    Done: { Type: "Succeed" },
  },
};

const key = "{% { 'id': { 'S': $states.input.streamId } } %}";

/** Writes an item, takes leases on it, and reads it. */
const withTasks: JsonObject = {
  QueryLanguage: "JSONata",
  StartAt: "Put",
  States: {
    Put: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:putItem",
      Arguments: {
        TableName: tableName,
        Item: {
          id: { S: "{% $states.input.streamId %}" },
          title: { S: "{% $uppercase($states.input.streamId) %}" },
        },
      },
      Output: "{% $states.input %}",
      Next: "Lease",
    },
    Lease: {
      Type: "Map",
      Items: "{% $states.input.channels.{ 'id': id, 'streamId': $states.input.streamId } %}",
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "Update",
        States: {
          Update: {
            Type: "Task",
            Resource: "arn:aws:states:::dynamodb:updateItem",
            Arguments: {
              TableName: tableName,
              Key: key,
              UpdateExpression: "SET #channel = :id",
              ConditionExpression: "attribute_exists(id)",
              ExpressionAttributeNames: { "#channel": "{% 'channel' & $states.input.id %}" },
              ExpressionAttributeValues: { ":id": { S: "{% $states.input.id %}" } },
            },
            Output: "{% $states.input.id %}",
            End: true,
          },
        },
      },
      Assign: { leased: "{% $states.result %}" },
      Output: "{% $states.input %}",
      Next: "Get",
    },
    Get: {
      Type: "Task",
      Resource: "arn:aws:states:::dynamodb:getItem",
      Arguments: { TableName: tableName, Key: key, ConsistentRead: true },
      Output: { item: "{% $states.result.Item %}", leased: "{% $leased %}" },
      End: true,
    },
  },
};

export const comparedDefinitions: readonly ComparedDefinition[] = [
  {
    name: "without-tasks",
    what: "Pass, Choice, Map and Parallel",
    definition: withoutTasks,
    input: { streamId: "spring-launch", paths, channels },
  },
  {
    name: "with-tasks",
    what: "twelve calls of DynamoDB",
    definition: withTasks,
    input: { streamId: "spring-launch", channels },
  },
];
