import type { GetHealthStatusResponse, ServiceHealth } from "../contracts";
import { DescribeTableCommand, DynamoDBClient } from "./shared/aws/dynamodb";
import { DescribeEventBusCommand, EventBridgeClient } from "./shared/aws/event-bridge";
import { DescribeStateMachineCommand, SFNClient } from "./shared/aws/step-functions";
import { json, operation } from "./shared/http/http";
import { describeError } from "./shared/runtime/errors";
import { type Log, lambda } from "./shared/runtime/lambda";

export interface GetHealthStatusDeps {
  dynamodb: DynamoDBClient;
  sfn: SFNClient;
  events: EventBridgeClient;
  tableName: string;
  stateMachineArn: string;
  eventBusName: string;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  /** Makes the signal that ends a look at a service. */
  deadline: (milliseconds: number) => AbortSignal;
  log: Log;
}

/** A load balancer gives up after five seconds; a service that takes two is not ready. */
const maxCheckMilliseconds = 2_000;

/** Anybody may ask for the health, and DescribeTable and its like are throttled per account. */
const cacheMilliseconds = 5_000;

/**
 * `GET /health`: looks at the table, the state machine and the bus.
 *
 * @returns 200 `{ status: "ok", services }`, or 503 `{ status: "degraded", services }` when one is unavailable.
 */
export function createGetHealthStatus(deps: GetHealthStatusDeps) {
  let cached: { until: number; answer: Promise<GetHealthStatusResponse> } | undefined;
  return operation("GetHealthStatus", deps.log, async () => {
    if (!cached || cached.until <= deps.now()) {
      cached = { until: deps.now() + cacheMilliseconds, answer: lookAtServices(deps) };
    }
    const answer = await cached.answer;
    return json(answer.status === "ok" ? 200 : 503, answer);
  });
}

async function lookAtServices(deps: GetHealthStatusDeps): Promise<GetHealthStatusResponse> {
  const { dynamodb, sfn, events, tableName, stateMachineArn, eventBusName: busName } = deps;
  const services = await Promise.all([
    look(deps, "table", async (options) => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: tableName }), options);
      return Table?.TableStatus;
    }),
    look(deps, "state-machine", async (options) => {
      const { status } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }), options);
      return status;
    }),
    look(deps, "event-bus", async (options) => {
      await events.send(new DescribeEventBusCommand({ Name: busName }), options);
      // A bus has no status: it is there or not.
      return "ACTIVE";
    }),
  ]);
  return services.every(({ state }) => state === "ready")
    ? { status: "ok", services }
    : { status: "degraded", services };
}

/** Never fails: what goes wrong is logged, and not told to the world. */
async function look(
  { now, deadline, log }: GetHealthStatusDeps,
  name: string,
  readStatus: (options: { abortSignal: AbortSignal }) => Promise<string | undefined>,
): Promise<ServiceHealth> {
  let state: ServiceHealth["state"] = "unavailable";
  try {
    const abortSignal = deadline(maxCheckMilliseconds);
    const status = await Promise.race([readStatus({ abortSignal }), rejectOn(abortSignal)]);
    // A table is UPDATING while its indexes or its capacity change, and serves as before.
    if (status === "ACTIVE" || status === "UPDATING") state = "ready";
    else log.warn("A service is not active.", { name, status });
  } catch (error) {
    log.warn("A service did not answer.", { name, reason: describeError(error) });
  }
  return { name, state, observedAt: new Date(now()).toISOString() };
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("No answer in time.")), { once: true });
  });
}

export const handler = lambda("get-health-status", (log, environment) =>
  createGetHealthStatus({
    dynamodb: new DynamoDBClient(),
    sfn: new SFNClient(),
    events: new EventBridgeClient(),
    tableName: environment.TABLE_NAME,
    stateMachineArn: environment.STATE_MACHINE_ARN,
    eventBusName: environment.EVENT_BUS_NAME,
    now: Date.now,
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    log,
  }),
);
