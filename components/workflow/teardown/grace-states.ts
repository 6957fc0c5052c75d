import { choice, type State, task, wait } from "../shared/asl";
import { updateAttempt } from "../shared/attempt-item";
import { callTimeoutSeconds } from "../shared/expressions";
import { jsonata, partOfJsonata } from "../shared/jsonata";
import { dynamoDbRetriers } from "../shared/retriers";
import type { GraceState, TeardownSettings, TeardownState } from "./settings";

const milliseconds = "($toMillis($graceUntil) - $toMillis($states.context.State.EnteredTime))";

/**
 * Writes the JSONata expression of the variable `$graceUntil`: until when the entry and the channel of the attempt just read stay;
 * null for one that is cleaned up at once. The item says so once RecordGrace has written it.
 */
export function graceEnd({
  graceMinutes,
  maxLiveHours,
}: Pick<TeardownSettings, "graceMinutes" | "maxLiveHours">): string {
  const ends = [
    `$toMillis($item.updatedAt.S) + ${graceMinutes * 60_000}`,
    ...(maxLiveHours > 0 ? [`$toMillis($item.readyAt.S) + ${maxLiveHours * 3_600_000}`] : []),
  ];
  return partOfJsonata(`(
    $item := $states.result.Items[0];
    $exists($item.readyAt.S) and $item.status.S = "COMPLETE"
      ? ($exists($item.graceUntil.S) ? $item.graceUntil.S : $fromMillis($min([${ends.join(", ")}])))
      : null
  )`);
}

/** Waits until the time is over for which viewers may still watch a stream that is COMPLETE, and looks again. */
export function graceStates({ tableName }: TeardownSettings): {
  readonly [name in GraceState]: State<TeardownState>;
} {
  return {
    DecideGrace: choice({
      Choices: [
        {
          Condition: jsonata(`$hasLease and $graceUntil != null ? ${milliseconds} > 0 : false`),
          Output: {},
          Next: "RecordGrace",
        },
      ],
      Output: {},
      Default: "BeginTeardown",
    }),
    // The sweep leaves the attempt alone until then, and a new request for the stream finds what it has to end.
    RecordGrace: task({
      Resource: "arn:aws:states:::dynamodb:updateItem",
      Arguments: updateAttempt(tableName, {
        update: "SET graceUntil = if_not_exists(graceUntil, :until)",
        // One that is COMPLETE stays so.
        condition: "executionArn = :owner",
        values: {
          ":until": { S: jsonata("$graceUntil") },
          ":owner": { S: jsonata("$attempt.executionArn") },
        },
      }),
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      // Without the record, a new request for the stream would wait in vain.
      Catch: [{ ErrorEquals: ["States.ALL"], Output: {}, Next: "BeginTeardown" }],
      Output: {},
      Next: "WaitForGrace",
    }),
    WaitForGrace: wait({
      Seconds: jsonata(`$max([1, $ceil(${milliseconds} / 1000)])`),
      Next: "FindAttempt",
    }),
  };
}
