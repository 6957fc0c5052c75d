import { findStream, type StreamSource } from "./read-streams/find-stream";
import { answerListStreams, type ListStreamsDeps } from "./read-streams/list-streams";
import { inputsOf, toStream } from "./read-streams/view";
import { DynamoDBClient } from "./shared/aws/dynamodb";
import { SFNClient } from "./shared/aws/step-functions";
import { json, operations } from "./shared/http/http";
import { ofStream } from "./shared/http/of-stream";
import { readRequester } from "./shared/http/requester";
import { type Log, lambda } from "./shared/runtime/lambda";
import { attemptsOf } from "./shared/store/attempts";
import { requestOf } from "./shared/store/read-request";

export interface ReadStreamsDeps extends ListStreamsDeps, StreamSource {
  log: Log;
}

/**
 * Every `GET` about streams: the list, a stream, its attempts and its ingest URLs. It writes nothing.
 *
 * @returns 200; 400 for a `streamId` or a query that is none; 404 for an unknown stream.
 */
export function createReadStreams(deps: ReadStreamsDeps) {
  return operations(deps.log, {
    ListStreams: (event) => answerListStreams(deps, event),
    GetStream: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const attempt = await findStream(deps, streamId);
        deps.log.info("The stream was read.", { streamId, attempt: attempt?.attempt });
        return attempt && json(200, toStream(attempt));
      }),
    ListStreamAttempts: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const attempts = await attemptsOf(deps, streamId);
        return attempts.length > 0 ? json(200, { attempts: attempts.map(toStream) }) : undefined;
      }),
    GetIngest: (event, parameters) =>
      ofStream(event, parameters, async (streamId) => {
        const found = await findStream(deps, streamId);
        if (!found) return undefined;
        deps.log.info("The ingest URLs of the stream were read.", { streamId, ...readRequester(event) });
        const { ingestEndpoints: endpoints = [] } = requestOf(found) ?? {};
        const inputs = inputsOf(found);
        return json(200, { streamId, attempt: found.attempt, endpoints, ...(inputs && { inputs }) });
      }),
  });
}

export const handler = lambda("read-streams", (log, environment) =>
  createReadStreams({
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    stateMachineArn: environment.STATE_MACHINE_ARN,
    tableName: environment.TABLE_NAME,
    now: () => new Date(),
    log,
  }),
);
