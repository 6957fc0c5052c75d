import { leaseExpression } from "../../../contracts/internal";
import { type Catcher, choice, type State, succeed, task, wait } from "../shared/asl";
import { callTimeoutSeconds, causeOfError, entryRecordKey, staleETag } from "../shared/expressions";
import { jsonata, partOfJsonata } from "../shared/jsonata";
import { hasPlaybackEntry, updatedConfiguration } from "../shared/playback-configuration";
import { readDistribution } from "../shared/read-distribution";
import { cloudFrontRetriers, dynamoDbRetriers } from "../shared/retriers";
import type { CleanupSettings } from "../shared/settings";

/** The states that run for each playback entry that may have come after its attempt was cleaned up. */
export type LateEntryState =
  | "DecideLateEntryReach"
  | "ReadLateEntry"
  | "DecideLateEntry"
  | "RemoveLateEntry"
  | "WaitForLateEntry"
  | "DecideLateEntryEnd"
  | "ForgetLateEntry"
  | "LateEntryChecked";

/** How often a sweep tries to remove an entry while others change the distribution. The next sweep goes on. */
const maxTries = 10;

const originId = "$lateEntry.originId";
const distributionId = jsonata("$lateEntry.distributionId");

/** What is told of an entry that may be there: JSONata texts. */
const mayBeThere = partOfJsonata(
  '"A playback entry that was added after its cleanup may be in the distribution (" & $lateEntry.distributionId & ", origin " & $lateEntry.originId & ")"',
);
const removeByHand = partOfJsonata(
  '" To remove it by hand, take the behaviour that leads to that origin and then the origin out of the distribution, if they are there."',
);
const listDistribution = partOfJsonata(
  '": this deployment may not change that distribution. Add it to playback.formerDistributionIds (formerDistributionIds) and deploy, or remove the entry by hand."',
);

/** What each look begins with. */
const fromStart = { lateEntry: jsonata("$states.input"), tries: 0, report: null, removed: false };

/**
 * One attempt whose cleanup found no playback entry, while an update that adds it may have been under way. The entry is removed where it is
 * there by now: no lease marks it any more, and its origin's id is that attempt's alone. Without the lock: it happens once in a long
 * time, and the ETag prevents lost updates.
 *
 * The record goes once nothing can come late any more: the entry came and was removed, the distribution is gone, or a look found no entry half
 * an hour after the cleanup, by when a call that was under way has taken effect. What no later look would
 * change either, a distribution that this deployment may not change or whose configuration is too large, is reported until then.
 */
export function lateEntryStates({ leaseTableName, playback }: CleanupSettings) {
  const reachable = [playback.distributionId, ...playback.formerDistributionIds];
  const failed: Catcher<LateEntryState>[] = [
    {
      ErrorEquals: ["States.DataLimitExceeded"],
      Assign: {
        report: jsonata(
          `${mayBeThere} & ": its configuration has more than the 256 KiB that a workflow can carry." & ${removeByHand}`,
        ),
      },
      Output: {},
      Next: "DecideLateEntryEnd",
    },
    {
      ErrorEquals: ["States.ALL"],
      Assign: {
        report: jsonata(`${mayBeThere} & ": " & $states.errorOutput.Error & ": " & ${causeOfError}`),
      },
      Output: {},
      Next: "LateEntryChecked",
    },
  ];
  const forgetWhereSettled = {
    Choices: [{ Condition: jsonata("$lateEntry.isSettled"), Output: {}, Next: "ForgetLateEntry" as const }],
    Output: {},
    Default: "LateEntryChecked" as const,
  };
  return {
    DecideLateEntryReach: choice<LateEntryState>({
      Choices: [
        {
          Condition: jsonata(`$states.input.distributionId in ${JSON.stringify(reachable)}`),
          Assign: fromStart,
          Output: {},
          Next: "ReadLateEntry",
        },
      ],
      Assign: {
        ...fromStart,
        report: jsonata(`($lateEntry := $states.input; ${mayBeThere} & ${listDistribution})`),
      },
      Output: {},
      Default: "DecideLateEntryEnd",
    }),
    ReadLateEntry: readDistribution<LateEntryState>(distributionId, {
      Catch: [
        { ErrorEquals: ["CloudFront.NoSuchDistributionException"], Output: {}, Next: "ForgetLateEntry" },
        ...failed,
      ],
      Next: "DecideLateEntry",
    }),
    DecideLateEntry: choice<LateEntryState>({
      ...forgetWhereSettled,
      Choices: [
        {
          Condition: jsonata(`${hasPlaybackEntry(originId)} and $tries < ${maxTries}`),
          Next: "RemoveLateEntry",
        },
        {
          Condition: jsonata(hasPlaybackEntry(originId)),
          Assign: { report: jsonata(`${mayBeThere} & ": too many others changed it."`) },
          Output: {},
          Next: "LateEntryChecked",
        },
        ...forgetWhereSettled.Choices,
      ],
    }),
    RemoveLateEntry: task<LateEntryState>({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: distributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(updatedConfiguration(playback, "", originId)),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { tries: jsonata("$tries + 1") },
          Output: {},
          Next: "WaitForLateEntry",
        },
        ...failed,
      ],
      Assign: { removed: true },
      Output: {},
      // Any other call of that attempt has a stale ETag from here on.
      Next: "ForgetLateEntry",
    }),
    WaitForLateEntry: wait<LateEntryState>({
      Seconds: jsonata("1 + $floor($random() * $min([$tries, 9]))"),
      Next: "ReadLateEntry",
    }),
    DecideLateEntryEnd: choice<LateEntryState>(forgetWhereSettled),
    ForgetLateEntry: task<LateEntryState>({
      Resource: "arn:aws:states:::dynamodb:deleteItem",
      Arguments: {
        TableName: leaseTableName,
        Key: entryRecordKey(originId),
        // Another cleanup of the attempt may have looked since.
        ConditionExpression: leaseExpression("cleanedAt = :cleanedAt"),
        ExpressionAttributeValues: { ":cleanedAt": { S: jsonata("$lateEntry.cleanedAt") } },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // The next sweep looks again.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "LateEntryChecked" }],
      Output: {},
      Next: "LateEntryChecked",
    }),
    LateEntryChecked: succeed({
      Output: { originId: jsonata(originId), report: jsonata("$report"), removed: jsonata("$removed") },
    }),
  } satisfies { readonly [name in LateEntryState]: State<LateEntryState> };
}
