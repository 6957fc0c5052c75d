import type { Attempt } from "../../../contracts/internal";
import { choice, map, type State, succeed, task, wait } from "../shared/asl";
import { statusValue, updateAttempt } from "../shared/attempt-item";
import { acquireLock, releaseLock } from "../shared/distribution-lock";
import {
  callTimeoutSeconds,
  causeOfError,
  executionId,
  jitteredSeconds,
  staleETag,
} from "../shared/expressions";
import { withLargeData } from "../shared/failures";
import { jsonata, type SentItem } from "../shared/jsonata";
import type { OriginsByChannel } from "../shared/playback-settings";
import { cloudFrontRetriers, dynamoDbRetriers } from "../shared/retriers";
import type { CleanupSettings } from "../shared/settings";
import {
  configurationWithRestoredEntries,
  entriesToAdd,
  entriesToRemove,
  lostEntries,
  missingEntries,
  restoredEntries,
} from "./restore-expressions";

/** The states that restore the playback entries which another program took out of the distribution. */
export type RestoreState =
  | "DecidePlaybackCheck"
  | "ReadPlaybackEntries"
  | "DecidePlaybackEntries"
  | "AcquireRestoreTurn"
  | "DecideRestoreTurn"
  | "WaitForRestoreTurn"
  | "ClaimMissingEntries"
  | "ReadMissingEntries"
  | "DecideRestore"
  | "RestorePlaybackEntries"
  | "ReleaseRestoreTurn";

/** The states that run for each missing entry. */
export type ClaimState = "ClaimMissingEntry" | "MissingEntryClaimed";

/** What the restoring states are built for. */
export interface RestoreSettings extends CleanupSettings {
  readonly tableName: string;
  readonly origins: OriginsByChannel;
}

/** What a sweep that has nothing to report ends with. */
export const sweepOutput = {
  stoppedHere: jsonata("$stoppedHere"),
  removedEntries: jsonata("$removedEntries"),
};

/** How often the sweep asks for the lock before it goes on without: the sweep itself has nine minutes. */
const maxTurnTries = 10;
/** How many updates a sweep makes at most. The next one goes on. */
const maxUpdates = 5;

/** What the loops of the restoring states start from, and what they find. */
export const restoreFromStart = { restored: [], lost: [], turnTries: 0, playbackTries: 0 } as const;

/**
 * Looks whether each attempt in `$playing` is in the distribution, and restores the entries that are missing, all of them with one
 * update. Begins with `DecidePlaybackCheck`. Where `$lateEntries` names any, that first leads to `checkLateEntries`, which comes back; then to
 * `checkChannels`, which goes on to `ReadPlaybackEntries`. A sweep that has nothing to do and nothing to report ends at `whenAllIsWell`. Any other
 * comes to `next`, whatever happens; then `$restored` and `$lost` say in words what was found, and `$problems` what failed.
 *
 * An attempt may end meanwhile. So each round first asks the items which attempts are still READY or LIVE, then reads the
 * configuration, and updates it where an entry of one of those is missing or an entry of an ended one is there. The last round
 * changes nothing: whatever ends after its look finds its entry, and its teardown removes it. The lock keeps other writers
 * apart, and nothing here depends on it.
 */
export function restoreStates<TNext extends string>(
  settings: RestoreSettings,
  {
    checkLateEntries,
    checkChannels,
    next,
    whenAllIsWell,
  }: { [way in "checkLateEntries" | "checkChannels" | "next" | "whenAllIsWell"]: TNext },
): { readonly [name in RestoreState]: State<RestoreState | ClaimState | TNext> } {
  const { distributionId } = settings.playback;
  const lock = { leaseTableName: settings.leaseTableName, distributionId };
  const read = {
    Resource: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    Arguments: { Id: distributionId },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: cloudFrontRetriers,
  };
  const failed = <TName extends string>(what: string, to: TName) =>
    withLargeData<TName>({
      ErrorEquals: ["States.ALL"],
      Assign: {
        problems: jsonata(
          `[$problems, "Distribution ${distributionId} could not be ${what}: " & $states.errorOutput.Error & ": " & ${causeOfError}]`,
        ),
      },
      Output: {},
      Next: to,
    });
  return {
    DecidePlaybackCheck: choice<RestoreState | TNext>({
      Choices: [
        // At rest, a sweep ends here.
        {
          Condition: jsonata(
            "$count($lateEntries) + $count($playing) + $count($reports) + $count($problems) = 0",
          ),
          Output: sweepOutput,
          Next: whenAllIsWell,
        },
        { Condition: jsonata("$count($lateEntries) > 0"), Output: {}, Next: checkLateEntries },
        { Condition: jsonata("$count($playing) > 0"), Output: {}, Next: checkChannels },
      ],
      Output: {},
      Default: next,
    }),
    // Without the lock: nearly always nothing is missing.
    ReadPlaybackEntries: task<RestoreState | TNext>({
      ...read,
      Catch: failed("read", next),
      Assign: { missing: jsonata(missingEntries(settings.playback)) },
      Output: { missing: jsonata(`$count(${missingEntries(settings.playback)})`) },
      Next: "DecidePlaybackEntries",
    }),
    DecidePlaybackEntries: choice<RestoreState | TNext>({
      Choices: [{ Condition: jsonata("$states.input.missing > 0"), Output: {}, Next: "AcquireRestoreTurn" }],
      Output: {},
      Default: next,
    }),
    AcquireRestoreTurn: acquireLock<RestoreState | TNext>(lock, {
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Assign: { turnTries: jsonata("$turnTries + 1") },
          Output: {},
          Next: "DecideRestoreTurn",
        },
        // The items, of which the next state asks, are in the same service.
        ...failed("locked", next),
      ],
      Next: "ClaimMissingEntries",
    }),
    DecideRestoreTurn: choice<RestoreState>({
      Choices: [
        { Condition: jsonata(`$turnTries < ${maxTurnTries}`), Output: {}, Next: "WaitForRestoreTurn" },
      ],
      Output: {},
      Default: "ClaimMissingEntries",
    }),
    WaitForRestoreTurn: wait<RestoreState>({ Seconds: jitteredSeconds, Next: "AcquireRestoreTurn" }),
    ClaimMissingEntries: map<RestoreState | ClaimState>({
      Items: jsonata("$missing"),
      MaxConcurrency: 5,
      ItemProcessor: {
        ProcessorConfig: { Mode: "INLINE" },
        StartAt: "ClaimMissingEntry",
        States: claimStates(settings),
      },
      Assign: {
        wanted: jsonata(
          '[$states.result[status = "PLAYING"].$merge([playing, { "isFirst": alarm = $states.context.Execution.Id }])]',
        ),
        ended: jsonata('[$states.result[status = "ENDED"].playing]'),
        problems: jsonata("[$problems, $states.result[$exists(problem)].problem]"),
      },
      Output: {},
      Next: "ReadMissingEntries",
    }),
    ReadMissingEntries: task<RestoreState>({
      ...read,
      Catch: failed("read", "ReleaseRestoreTurn"),
      Assign: {
        toAdd: jsonata(entriesToAdd(settings.playback)),
        toRemove: jsonata(entriesToRemove()),
        restored: jsonata(restoredEntries(settings.playback)),
        lost: jsonata(lostEntries(settings.playback)),
      },
      Output: {
        ETag: jsonata("$states.result.ETag"),
        DistributionConfig: jsonata("$states.result.DistributionConfig"),
      },
      Next: "DecideRestore",
    }),
    DecideRestore: choice<RestoreState>({
      Choices: [
        {
          Condition: jsonata(`$count($toAdd) + $count($toRemove) > 0 and $playbackTries < ${maxUpdates}`),
          Next: "RestorePlaybackEntries",
        },
      ],
      Output: {},
      Default: "ReleaseRestoreTurn",
    }),
    RestorePlaybackEntries: task<RestoreState>({
      Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
      Arguments: {
        Id: distributionId,
        IfMatch: jsonata("$states.input.ETag"),
        DistributionConfig: jsonata(configurationWithRestoredEntries(settings.playback, settings.origins)),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: cloudFrontRetriers,
      Catch: [
        {
          ErrorEquals: staleETag,
          Assign: { playbackTries: jsonata("$playbackTries + 1") },
          Output: {},
          Next: "WaitForRestoreTurn",
        },
        ...failed<RestoreState>("updated", "ReleaseRestoreTurn"),
      ],
      Assign: { playbackTries: jsonata("$playbackTries + 1") },
      Output: {},
      Next: "ClaimMissingEntries",
    }),
    ReleaseRestoreTurn: releaseLock<RestoreState | TNext>(lock, { Next: next }),
  };
}

/** Asks one attempt's item whether viewers still play it, and which sweep is the first that misses its entry. */
function claimStates({ tableName }: RestoreSettings): { readonly [name in ClaimState]: State<ClaimState> } {
  const key: SentItem<Pick<Attempt, "streamId" | "attempt">> = {
    streamId: { S: jsonata("$states.input.request.streamId") },
    attempt: { N: jsonata("$string($states.input.attempt)") },
  };
  return {
    ClaimMissingEntry: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: {
        ...updateAttempt(tableName, {
          update: "SET playbackAlarm = if_not_exists(playbackAlarm, :me)",
          condition: "#status IN (:ready, :live)",
          values: {
            ":me": { S: executionId },
            ":ready": statusValue("READY"),
            ":live": statusValue("LIVE"),
          },
        }),
        Key: key,
        // The value and not whether there was one before: a repeated call finds its own.
        ReturnValues: "UPDATED_NEW",
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: { status: "ENDED", playing: jsonata("$states.input") },
          Next: "MissingEntryClaimed",
        },
        {
          ErrorEquals: ["States.ALL"],
          Output: {
            status: "UNKNOWN",
            problem: jsonata(
              `"The playback entry of stream " & $states.input.request.streamId & " is missing, and its attempt could not be read: " & $states.errorOutput.Error & ": " & ${causeOfError}`,
            ),
          },
          Next: "MissingEntryClaimed",
        },
      ],
      Output: {
        status: "PLAYING",
        playing: jsonata("$states.input"),
        alarm: jsonata("$states.result.Attributes.playbackAlarm.S"),
      },
      Next: "MissingEntryClaimed",
    }),
    MissingEntryClaimed: succeed({}),
  };
}
