import type { TeardownInput } from "../../../contracts/internal";
import { type TaskState, task } from "./asl";
import { callTimeoutSeconds, unlessRedriven } from "./expressions";
import { jsonata, objectText, partOfJsonata } from "./jsonata";
import { schedulerRetriers } from "./retriers";
import type { LiveLimitSettings, OrchestratorState } from "./settings";

/**
 * The name of the schedule that ends an attempt, in JSONata. A schedule's name has at most 64 characters, a `streamId`
 * has as many already: the digest has 64, too.
 */
export const liveLimitName = jsonata(
  '$hash($provision.request.streamId & "_" & $string($provision.attempt), "SHA-256")',
);
const liveLimitText = liveLimitName.slice("{% ".length, -" %}".length);

/** EventBridge Scheduler takes no time that is over: a stream that is ready too late has a minute. */
const minLeadMilliseconds = 60_000;

/**
 * When the stream is to end: `$limit` after `maxLiveHours`, `$end` at its `endTime`; each undefined where there is none. `$isPlanned` says which
 * comes first, in JSONata.
 */
const times = partOfJsonata(`
  $ready := $toMillis($states.context.State.EnteredTime);
  $limit := $provision.settings.maxLiveHours > 0 ? $ready + $provision.settings.maxLiveHours * 3600000;
  $end := $exists($provision.request.endTime)
    ? $max([$toMillis($provision.request.endTime), $ready + ${minLeadMilliseconds}]);
  $isPlanned := $exists($end) and ($exists($limit) ? $end <= $limit : true);
`);

type TeardownMembers = Required<
  Pick<TeardownInput, "streamId" | "attempt" | "overdue" | "planned" | "reason">
>;

/**
 * The cost guard: a one-shot schedule that tears the stream down unless it has ended by then. A schedule that could not be
 * made is no reason to fail a stream that is ready, since StreamSweep keeps the same limit.
 */
export function scheduleLiveLimit(settings: LiveLimitSettings): TaskState<OrchestratorState> {
  return task({
    Resource: "arn:aws:states:::aws-sdk:scheduler:createSchedule",
    Arguments: {
      // The teardown of an attempt that has ended meanwhile has deleted its schedule already.
      Name: unlessRedriven(liveLimitText, "its attempt may have ended"),
      GroupName: settings.scheduleGroupName,
      // `at()` takes whole seconds, in UTC unless told. A deployment after this definition's may have taken the limit away, and a redriven
      // execution may find a stream whose teardown is over.
      ScheduleExpression: jsonata(
        `$confirmed = "COMPLETE" ? $error("The stream has ended.") : (${times}
          $exists($end) or $exists($limit)
            ? "at(" & $substring($fromMillis($isPlanned ? $end : $limit), 0, 19) & ")"
            : $error("A stream may be up for any time.")
        )`,
      ),
      FlexibleTimeWindow: { Mode: "OFF" },
      ActionAfterCompletion: "DELETE",
      ...(settings.encryptionKeyArn !== null && { KmsKeyArn: settings.encryptionKeyArn }),
      Target: {
        Arn: settings.teardownStateMachineArn,
        RoleArn: settings.scheduleRoleArn,
        Input: jsonata(
          `(${times} $string(${objectText<TeardownMembers>({
            streamId: partOfJsonata("$provision.request.streamId"),
            attempt: partOfJsonata("$provision.attempt"),
            overdue: "true",
            planned: "$isPlanned",
            reason: partOfJsonata(
              '$isPlanned ? "The endTime of the stream has come." : "Nobody ended the stream within " & $string($provision.settings.maxLiveHours) & " hours."',
            ),
          })}))`,
        ),
        DeadLetterConfig: { Arn: settings.deadLetterArn },
      },
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: schedulerRetriers,
    Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "RecordCompletion" }],
    Output: {},
    Next: "RecordCompletion",
  });
}
