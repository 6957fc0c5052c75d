import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  type CreateStreamWorkflowRequest,
  check,
  createStreamWorkflowRequestSchema,
  hasEnded,
  largestRequestBytes,
  normalizeRequest,
} from "../contracts";
import { type AttemptTable, latestAttempt } from "./shared/attempts";
import { clientSettings } from "./shared/aws-clients";
import { environment } from "./shared/environment";
import { namedError } from "./shared/errors";
import { type Channel, leaseChannel } from "./shared/lease-channel";
import type { LeaseTable } from "./shared/leases";
import { type Handler, type Log, lambda } from "./shared/logger";
import { type Execution, numberAttempt } from "./shared/number-attempt";
import { wait } from "./shared/wait";

/** What ValidateProvisionRequest sends. */
export interface ValidateProvisionRequestEvent {
  /** The execution's input: anything, where an operator started it by hand. */
  request: unknown;
  execution: Execution;
  /** The pool. It comes with the event since a function's environment holds 4 KB at most. */
  channels: Channel[];
}

/** What the workflow goes on with, as `$provision`. */
export interface Provision {
  request: CreateStreamWorkflowRequest;
  /** `request` as JSON: by this text a retry of `POST /streams` is recognized. */
  requestText: string;
  attempt: number;
  channel: {
    channelId: string;
    /** Null where the channel plays through the distribution's default origin. */
    originDomainName: string | null;
    originPath: string;
    /** Left running by an attempt that has ended, so that it is this one's to stop. */
    takenOver: boolean;
  };
}

export interface ValidateProvisionRequestDeps extends AttemptTable, LeaseTable {
  now: () => Date;
  log: Log;
}

/**
 * The workflow's first state: validates and normalizes the request, numbers the attempt, leases a channel. It may stop
 * after any step and be repeated: it then finds its own number and its own lease.
 *
 * @throws {Error} `ProvisionRequestInvalid` with every issue, `StreamAlreadyActive` while another attempt at the stream
 * has not ended, `NoChannelAvailable`. None of them goes away by repeating.
 */
export function createValidateProvisionRequest(
  deps: ValidateProvisionRequestDeps,
): Handler<ValidateProvisionRequestEvent, Provision> {
  return async ({ request: input, execution, channels }) => {
    deps.log.appendKeys({ executionArn: execution.id });
    const request = validate(input);
    const { streamId } = request;
    const latest = await latestAttempt(deps, streamId);
    if (latest && !hasEnded(latest.status) && latest.executionArn !== execution.id) {
      throw namedError(
        "StreamAlreadyActive",
        `Stream '${streamId}' is ${latest.status} in attempt ${latest.attempt} (${latest.executionArn}). A stream has one active attempt: wait until that one is FAILED or COMPLETE.`,
      );
    }
    const attempt = numberAttempt(streamId, execution, latest);
    deps.log.appendKeys({ streamId, attempt });
    const claim = { leasedBy: execution.id, streamId, attempt, leasedAt: deps.now().toISOString() };
    const channel = await leaseChannel(deps, channels, claim, latest?.channelId);
    const { channelId, originDomainName = null, originPath = "", takenOver } = channel;
    deps.log.info("The request is valid, and a channel is leased.", { channelId, takenOver });
    return {
      request,
      requestText: JSON.stringify(request),
      attempt,
      channel: { channelId, originDomainName, originPath, takenOver },
    };
  };
}

function validate(input: unknown): CreateStreamWorkflowRequest {
  const checked = check(createStreamWorkflowRequestSchema, input);
  const issues = checked.ok ? [] : checked.issues;
  const bytes = Buffer.byteLength(JSON.stringify(input) ?? "");
  if (bytes > largestRequestBytes) {
    issues.push(`body must have at most ${largestRequestBytes} bytes, received ${bytes}.`);
  }
  if (!checked.ok || issues.length > 0) throw namedError("ProvisionRequestInvalid", issues.join(" "));
  return normalizeRequest(checked.value);
}

export const handler = lambda("validate-provision-request", (log) =>
  createValidateProvisionRequest({
    dynamodb: new DynamoDBClient(clientSettings),
    tableName: environment("TABLE_NAME"),
    leaseTableName: environment("LEASE_TABLE_NAME"),
    now: () => new Date(),
    wait,
    log,
  }),
);
