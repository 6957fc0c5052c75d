import type { StreamStatus } from "../../../contracts";
import {
  type Attempt,
  type AttemptExpression,
  attemptNames,
  type HistoryEntry,
  type Requester,
} from "../../../contracts/internal";
import type { Template } from "./asl";
import { enteredTime } from "./expressions";
import { jsonata, type SentItem } from "./jsonata";

/** The key of the attempt's item. */
export const attemptKey = {
  streamId: { S: jsonata("$provision.request.streamId") },
  attempt: { N: jsonata("$string($provision.attempt)") },
} satisfies SentItem<Pick<Attempt, "streamId" | "attempt">>;

/** One entry of an item's history, as a list, so that it can be the first entry or be appended. */
export function historyEntry(
  status: HistoryEntry["status"],
  { component, reason }: { component: string; reason?: string },
) {
  const entry: SentItem<HistoryEntry> = {
    status: { S: status },
    ...(reason !== undefined && { reason: { S: reason } }),
    at: { S: enteredTime },
    origin: { S: "orchestrator" },
    component: { S: component },
  };
  return { L: [{ M: entry }] };
}

/** Who requested the stream, as `POST /streams` says; an operator may have started the execution by hand. */
const requestedBy = "$states.context.Execution.Input.requestedBy";

/** A member of {@link requestedBy} as a part of an item, in JSONata; nothing where there is none. */
function requesterMember(name: keyof Requester): string {
  const value = `${requestedBy}.${name}`;
  return `$type(${value}) = "string" ? { "${name}": { "S": $substring(${value}, 0, 256) } } : {}`;
}

/** The first entry of an attempt's history, with who requested the stream. */
export function requestedEntry(component: string) {
  const known = {
    status: statusValue("PROVISIONING"),
    origin: { S: "orchestrator" },
    component: { S: component },
  } satisfies SentItem<Omit<HistoryEntry, "at">>;
  const at = '{ "at": { "S": $states.context.State.EnteredTime } }';
  const members = [JSON.stringify(known), at, requesterMember("principal"), requesterMember("requestId")];
  return { L: [{ M: jsonata<string>(`$merge([${members.join(", ")}])`) }] };
}

/** @returns a status, as a placeholder stands for it. */
export function statusValue<Status extends StreamStatus>(status: Status) {
  return { S: status };
}

/** @returns the set of one status, as `:unpublished` and `:announced` stand for it. */
export function statusSet<Status extends StreamStatus>(status: Status) {
  return { SS: [status] };
}

/** What placeholders of an expression stand for, in DynamoDB's form. */
export interface Values {
  readonly [placeholder: string]: Template;
}

/** Makes the arguments of a conditional update of the attempt's item; its expressions are checked as they are typed. */
export function updateAttempt<const Update extends string, const Condition extends string>(
  tableName: string,
  write: {
    readonly update: AttemptExpression<Update>;
    readonly condition: AttemptExpression<Condition>;
    readonly values: Values;
  },
): { readonly [argument: string]: Template } {
  const update: string = write.update;
  const condition: string = write.condition;
  const isNamed = `${update} ${condition}`.includes("#status");
  return {
    TableName: tableName,
    Key: attemptKey,
    UpdateExpression: update,
    ConditionExpression: condition,
    ...(isNamed && { ExpressionAttributeNames: attemptNames }),
    ExpressionAttributeValues: write.values,
  };
}
