import * as v from "valibot";
import {
  check,
  defaultPageSize,
  type ListStreamsResponse,
  maxPageSize,
  type StreamStatus,
  streamStatuses,
  streamStatusSchema,
} from "../../contracts";
import type { Attempt } from "../../contracts/internal";
import { quote } from "../../contracts/text";
import { type HttpEvent, type HttpResult, json, refusal } from "../shared/http/http";
import { readQuery } from "../shared/http/query";
import { type AttemptTable, attemptsOf, latestAttempt } from "../shared/store/attempts";
import { attemptsInOrder, type IndexEntry } from "../shared/store/attempts-in-order";
import { type Position, readToken, writeToken } from "./token";
import { toSummary } from "./view";

export interface ListStreamsDeps extends AttemptTable {
  now: () => Date;
}

/** Entries of the index that one page looks at. A page that finds fewer streams among them ends early, with a token. */
const maxEntries = 300;

interface PageRequest {
  readonly status: StreamStatus | undefined;
  readonly limit: number;
  readonly after: Position | undefined;
}

/**
 * `GET /streams`: one page of the list of streams. The list is in the order of requests, which never changes; a stream stands where its latest
 * attempt stood when the first page was read, and is told as it is now.
 *
 * @returns 200 with a page; 400 with every problem of the query.
 */
export async function answerListStreams(deps: ListStreamsDeps, event: HttpEvent): Promise<HttpResult> {
  const request = readPageRequest(deps, event);
  return Array.isArray(request)
    ? refusal(400, "Validation failed.", request)
    : json(200, await readPage(deps, request));
}

function readPageRequest(deps: ListStreamsDeps, event: HttpEvent): PageRequest | string[] {
  const { query, issues } = readQuery(event, ["status", "limit", "nextToken"]);
  const limit = query.limit === undefined ? defaultPageSize : Number(query.limit);
  if (!/^\d{1,9}$/.test(query.limit ?? "1") || limit < 1 || limit > maxPageSize) {
    issues.push(
      `limit must be a whole number from 1 to ${maxPageSize}, received ${quote(query.limit ?? "")}.`,
    );
  }
  const { status: sent, nextToken } = query;
  const checked = check(v.object({ status: v.exactOptional(streamStatusSchema) }), {
    ...(sent !== undefined && { status: sent }),
  });
  if (!checked.ok) issues.push(...checked.issues);
  const status = checked.ok ? checked.value.status : undefined;
  let after: Position | undefined;
  if (nextToken !== undefined) {
    const read = readToken(deps.tableName, nextToken, deps.now().getTime());
    if (typeof read === "string") issues.push(read);
    else if (checked.ok && read.status !== status) issues.push(otherList(read.status, status));
    else after = read;
  }
  return issues.length > 0 ? issues : { status, limit, after };
}

/** What is wrong with a token of a list that has another filter. */
function otherList(of: StreamStatus | undefined, received: StreamStatus | undefined): string {
  const shown = (one: StreamStatus | undefined) =>
    one === undefined ? "without status" : `with status=${one}`;
  return `nextToken belongs to a list ${shown(of)}, received one ${shown(received)}.`;
}

async function readPage(deps: ListStreamsDeps, request: PageRequest): Promise<ListStreamsResponse> {
  const { status, limit, after } = request;
  const statuses = status === undefined ? streamStatuses : [status];
  const entries = await attemptsInOrder(deps, statuses, after, maxEntries + 1);
  const newest = after?.newest ?? entries[0]?.requestedAt ?? "";
  const found: Attempt[] = [];
  let read = 0;
  // As many at a time as the page has room for, so that none is found that has no place in it.
  while (found.length < limit && read < Math.min(entries.length, maxEntries)) {
    const chunk = entries.slice(read, Math.min(read + limit - found.length, maxEntries));
    const streams = await Promise.all(chunk.map((entry) => streamAt(deps, entry, newest, status)));
    found.push(...streams.filter((stream) => stream !== undefined));
    read += chunk.length;
  }
  const streams = found.map(toSummary);
  const last = entries[read - 1];
  if (!last || read === entries.length) return { streams };
  const { requestedAt, streamId, attempt } = last;
  const issuedAt = deps.now().getTime();
  const position = {
    requestedAt,
    streamId,
    attempt,
    newest,
    issuedAt,
    ...(status !== undefined && { status }),
  };
  return { streams, nextToken: writeToken(deps.tableName, position) };
}

/**
 * Finds the stream that stands at an entry of the index: where the entry's attempt was the latest one at the first page. The index may lag behind
 * the table, and is asked for places alone.
 *
 * @returns the stream as it is now; undefined where it stands elsewhere, or has not the wanted status.
 */
async function streamAt(
  table: AttemptTable,
  entry: IndexEntry,
  newest: string,
  status: StreamStatus | undefined,
): Promise<Attempt | undefined> {
  const latest = await latestAttempt(table, entry.streamId);
  if (!latest || (status !== undefined && latest.status !== status)) return undefined;
  if (latest.attempt === entry.attempt) return latest;
  if (latest.requestedAt <= newest) return undefined;
  const attempts = await attemptsOf(table, entry.streamId);
  const then = attempts.find(({ requestedAt }) => requestedAt <= newest);
  return then?.attempt === entry.attempt ? latest : undefined;
}
