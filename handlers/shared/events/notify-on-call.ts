import { type Attempt, attemptExpression, ownAttempt } from "../../../contracts/internal";
import { UpdateItemCommand } from "../aws/dynamodb";
import { PublishCommand, type SNSClient } from "../aws/sns";
import { describeError } from "../runtime/errors";
import type { Log } from "../runtime/lambda";
import { type AttemptTable, attemptKey, readAttempt } from "../store/attempts";
import { held } from "../store/dynamodb";
import { composeNotification, type FailureReport } from "./failure-report";

export interface OnCall extends AttemptTable {
  sns: SNSClient;
  onCallTopicArn: string;
  log: Log;
}

/**
 * Tells on-call about a failure: once, and again only when what is left to do has changed, since the workflow repeats
 * the handler until nothing is left. What was last told stands on the attempt's item; without an item of its own, each
 * repetition tells.
 *
 * @returns whether a message was sent.
 */
export async function notifyOnCall(onCall: OnCall, report: FailureReport): Promise<boolean> {
  const own = await readOwnAttempt(onCall, report);
  const news = JSON.stringify(report.left);
  if (own?.notified === news) return false;
  const { subject, message } = composeNotification(report);
  await onCall.sns.send(
    new PublishCommand({ TopicArn: onCall.onCallTopicArn, Subject: subject, Message: message }),
  );
  if (own) await remember(onCall, own, news);
  return true;
}

/** A table that cannot be read is no reason to leave on-call in the dark. */
async function readOwnAttempt(
  onCall: OnCall,
  { streamId, attempt, executionArn }: FailureReport,
): Promise<Attempt | undefined> {
  if (streamId === undefined || attempt === undefined) return undefined;
  try {
    const found = await readAttempt(onCall, streamId, attempt);
    return found?.executionArn === executionArn ? found : undefined;
  } catch (error) {
    onCall.log.warn("What on-call knows could not be read.", { reason: describeError(error) });
    return undefined;
  }
}

async function remember(onCall: OnCall, own: Attempt, news: string): Promise<void> {
  await held(
    onCall.dynamodb.send(
      new UpdateItemCommand({
        TableName: onCall.tableName,
        Key: attemptKey(own.streamId, own.attempt),
        UpdateExpression: attemptExpression("SET notified = :news"),
        ConditionExpression: ownAttempt,
        ExpressionAttributeValues: { ":news": { S: news }, ":me": { S: own.executionArn } },
      }),
    ),
  );
}
