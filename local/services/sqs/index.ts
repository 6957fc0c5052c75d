import { everything, one, type PermissionsOf, text } from "../../iam/permissions";
import { resourcesOfType } from "../../record/graph";
import { localArn } from "../../record/outputs";
import { awsJson } from "../../wire/aws-json";
import { awsQuery } from "../../wire/aws-query";
import { defineService } from "../define-service";
import { Sqs } from "./sqs";
import { fromSqsQuery, sqsQueryCodes, toSqsQuery } from "./sqs-query";

const onQueue = (action: string): PermissionsOf =>
  one(action, ({ QueueUrl, QueueName }, { region, accountId }) => {
    const name = text(QueueUrl ?? QueueName)
      .split("/")
      .at(-1);
    return `arn:aws:sqs:${region}:${accountId}:${name ?? ""}`;
  });

export const sqs = defineService({
  name: "SQS",
  create: ({ clock, region, accountId, awsUrl, signals }) =>
    new Sqs({
      clock,
      region,
      accountId,
      endpoint: awsUrl,
      onMessage: (queueName) => signals.emit("message", queueName),
    }),

  outputs: {
    "aws:sqs/queue:Queue": ({ physicalName, place }) => {
      const url = `${place.awsUrl}/${place.accountId}/${physicalName}`;
      return { id: url, url, name: physicalName, arn: localArn(place, "sqs", physicalName) };
    },
    "aws:sqs/queuePolicy:QueuePolicy": ({ inputs }) => ({ id: String(inputs.queueUrl) }),
  },

  unserved: ({ type, inputs }) =>
    type === "aws:sqs/queue:Queue" && inputs.fifoQueue === true ? "it is a FIFO queue" : undefined,

  declare(graph, service) {
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:sqs/queue:Queue")) {
      const { messageRetentionSeconds, visibilityTimeoutSeconds } = inputs;
      service.createQueue(String(outputs.name), {
        ...(messageRetentionSeconds !== undefined && {
          messageRetentionSeconds: Number(messageRetentionSeconds),
        }),
        ...(visibilityTimeoutSeconds !== undefined && {
          visibilityTimeoutSeconds: Number(visibilityTimeoutSeconds),
        }),
      });
    }
  },

  resourcePolicies(graph) {
    const queues = resourcesOfType(graph, "aws:sqs/queue:Queue");
    return resourcesOfType(graph, "aws:sqs/queuePolicy:QueuePolicy").flatMap(({ name, inputs }) => {
      const queue = queues.find(({ outputs }) => outputs.url === inputs.queueUrl);
      const document = inputs.policy ?? null;
      return queue
        ? [{ resource: String(queue.outputs.arn), document, owner: `The queue policy '${name}'` }]
        : [];
    });
  },

  api: {
    signingName: "sqs",
    protocols: [
      awsJson({ target: "AmazonSQS", errorNamespace: "com.amazonaws.sqs#", queryCodes: sqsQueryCodes }),
      awsQuery({
        version: "2012-11-05",
        xmlns: "http://queue.amazonaws.com/doc/2012-11-05/",
        errorCodes: sqsQueryCodes,
        fromQuery: fromSqsQuery,
        toQuery: toSqsQuery,
      }),
    ],
    actions: {
      DeleteMessage: onQueue("sqs:DeleteMessage"),
      GetQueueAttributes: onQueue("sqs:GetQueueAttributes"),
      GetQueueUrl: onQueue("sqs:GetQueueUrl"),
      ListQueues: one("sqs:ListQueues", everything),
      ReceiveMessage: onQueue("sqs:ReceiveMessage"),
      SendMessage: onQueue("sqs:SendMessage"),
    },
    denial: { code: "AccessDeniedException", statusCode: 403 },
    faults: {
      throttle: ["RequestThrottled", "Request is throttled.", 400],
      broken: ["InternalFailure", "The request processing has failed because of an unknown error.", 500],
    },
    integrations: {
      sdk: { name: "sqs", prefix: "Sqs", denial: "SqsException" },
      optimized: {
        name: "sqs",
        prefix: "SQS",
        denial: "AmazonSQSException",
        actions: { sendMessage: { callback: true } },
      },
    },
  },
});
