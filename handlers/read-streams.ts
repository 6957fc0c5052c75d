import { answerListStreams, type ListStreamsDeps } from "./read-streams/list-streams";
import { requestOf, toStream } from "./read-streams/view";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { json, operations } from "./shared/http/http";
import { ofStream } from "./shared/http/of-stream";
import { type Log, lambda } from "./shared/runtime/lambda";
import { attemptsOf, latestAttempt } from "./shared/store/attempts";

export interface ReadStreamsDeps extends ListStreamsDeps {
  log: Log;
}

/**
 * Every `GET` about streams: the list, a stream, its attempts and its ingest URLs. It reads the table of attempts and writes nothing.
 *
 * @returns 200; 400 for a `streamId` or a query that is none; 404 for an unknown stream.
 */
export function createReadStreams(deps: ReadStreamsDeps) {
  return operations(deps.log, {
    ListStreams: (event) => answerListStreams(deps, event),
    GetStream: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const attempt = await latestAttempt(deps, streamId);
        return attempt && json(200, toStream(attempt));
      }),
    ListStreamAttempts: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const attempts = await attemptsOf(deps, streamId);
        return attempts.length > 0 ? json(200, { attempts: attempts.map(toStream) }) : undefined;
      }),
    GetIngest: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const found = await latestAttempt(deps, streamId);
        if (!found) return undefined;
        const { ingestEndpoints: endpoints = [] } = requestOf(found) ?? {};
        return json(200, { streamId, attempt: found.attempt, endpoints });
      }),
  });
}

export const handler = lambda("read-streams", (log, environment) =>
  createReadStreams({
    dynamodb: new DynamoDBClient(),
    tableName: environment.TABLE_NAME,
    now: () => new Date(),
    log,
  }),
);
