import { isJsonObject, type Json, type JsonObject } from "../../json";
import { resourcesOfType } from "../../program/graph";
import type { Local } from "../../testing";
import { ready } from "../endings";
import type { Act } from "../situation";
import type { Stage } from "../stage";

/** What takes an operator: to mend it, or because one was at work. */
export const operators: Act = {
  title: "Operators",
  situations: () => [
    {
      name: "confirmation lost in delivery and redriven",
      done: "the event of READY could not be delivered, went to the dead-letter queue, and was sent again from there",
      expected: {
        ...ready,
        told: "requested, READY by api, READY by api, READY by orchestrator",
      },
      async play(stage) {
        await stage.provision();
        stage.local.faults.refuse({ forGood: true, detailType: "StreamLifecycleProgressed" });
        await stage.put("READY");
        await stage.local.settled();
        await redrive(stage);
        await stage.untilEnded();
      },
    },
    {
      name: "confirmation that its function could not handle, redriven",
      done: "the table refused the resuming function in three invocations; the event was sent again from the dead-letter queue",
      expected: {
        ...ready,
        ended: "READY (execution SUCCEEDED after 4 min)",
        told: "requested, READY by api, READY by api, READY by orchestrator",
      },
      async play(stage) {
        await stage.provision();
        const denied = { code: "AccessDeniedException", message: "Not yours to read." };
        const query = {
          service: "DynamoDB",
          action: "Query",
          caller: "streams-resume-orchestration",
        } as const;
        stage.local.faults.fail({ ...query, times: 3, error: denied });
        await stage.put("READY");
        await stage.local.clock.advance({ minutes: 4 });
        await redrive(stage);
        await stage.untilEnded();
      },
    },
    {
      name: "execution stopped by an operator",
      done: "stopped while it waited for its confirmation",
      expected: {
        saw: "POST 202",
        ended: "PROVISIONING (execution ABORTED)",
        left: "channel running, playback entry, origin, lease",
        told: "requested",
        onCall: 0,
      },
      gap: "nothing undoes a stopped execution: the attempt stays PROVISIONING, its channel runs on, and nobody is told",
      async play(stage) {
        await stage.provision();
        await stop(stage);
      },
    },
    {
      name: "execution stopped by an operator, then reported FAILED",
      done: "stopped while it waited for its confirmation; reported FAILED, and requested again",
      expected: {
        saw: "POST 202, PUT 200, POST 202, PUT 200",
        ended: "FAILED (execution ABORTED), then READY (execution SUCCEEDED)",
        left: "2 channels running, playback entry, origin, 2 leases",
        told: "requested, FAILED by api, requested, READY by api, READY by orchestrator",
        onCall: 0,
      },
      gap: "the channel of the stopped attempt runs on, and stays leased",
      async play(stage) {
        await stage.provision();
        await stop(stage);
        await stage.put("FAILED");
        await stage.provision();
        await stage.put("READY");
        await stage.untilEnded();
      },
    },
  ],
};

async function stop({ local, streamId }: Stage): Promise<void> {
  const executionArn = local.executions.get(streamId)?.arn ?? "";
  await local.runtime.services.StepFunctions.call("StopExecution", { executionArn });
}

/** Sends each event in the dead-letter queue again, and takes it out. */
async function redrive({ local }: Stage): Promise<void> {
  const { SQS, EventBridge } = local.runtime.services;
  const QueueUrl = deadLettersUrl(local);
  const { Messages } = await SQS.call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 });
  const messages = Array.isArray(Messages) ? Messages.filter(isJsonObject) : [];
  for (const { Body, ReceiptHandle = "" } of messages) {
    const event = eventOf(JSON.parse(String(Body)) as Json);
    await EventBridge.call("PutEvents", {
      Entries: [
        {
          EventBusName: String(local.outputs.eventBusName),
          Source: String(event.source),
          DetailType: String(event["detail-type"]),
          Detail: JSON.stringify(event.detail),
        },
      ],
    });
    await SQS.call("DeleteMessage", { QueueUrl, ReceiptHandle });
  }
}

/** A rule's dead letter is the event; a function's is a record that holds it. */
function eventOf(letter: Json): JsonObject {
  const event = isJsonObject(letter) && "requestPayload" in letter ? letter.requestPayload : letter;
  return isJsonObject(event) ? event : {};
}

function deadLettersUrl({ runtime }: Local): string {
  return String(resourcesOfType(runtime.graph, "aws:sqs/queue:Queue")[0]?.outputs.url);
}
