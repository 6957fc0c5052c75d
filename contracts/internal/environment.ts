/** What each function reads that recovers attempts. */
const recovery = [
  "TABLE_NAME",
  "LEASE_TABLE_NAME",
  "EVENT_BUS_NAME",
  "ON_CALL_TOPIC_ARN",
  "TEARDOWN_STATE_MACHINE_ARN",
  "INCLUDE_INGEST_ENDPOINTS",
] as const;

/**
 * The functions, each with the environment variables that it reads. The component has to set each of them, and a handler can
 * read no others.
 */
export const environmentNames = {
  "get-health-status": ["TABLE_NAME", "STATE_MACHINE_ARN", "EVENT_BUS_NAME"],
  "create-stream-workflow": ["TABLE_NAME", "STATE_MACHINE_ARN"],
  "update-stream-status": ["TABLE_NAME", "EVENT_BUS_NAME", "LEAD_TIME_MINUTES"],
  "read-streams": ["TABLE_NAME", "STATE_MACHINE_ARN"],
  "validate-provision-request": ["TABLE_NAME", "LEASE_TABLE_NAME", "TEARDOWN_STATE_MACHINE_ARN"],
  "handle-provision-failure": ["TABLE_NAME", "LEASE_TABLE_NAME", "EVENT_BUS_NAME", "ON_CALL_TOPIC_ARN"],
  "resume-orchestration": ["TABLE_NAME", "LEAD_TIME_MINUTES"],
  "probe-manifest": [],
  "track-health": [
    "TABLE_NAME",
    "LEASE_TABLE_NAME",
    "EVENT_BUS_NAME",
    "HEALTH_STATE_MACHINE_ARN",
    "ALERT_MINUTES",
    "NO_INPUT_MINUTES",
  ],
  "act-on-health": ["TABLE_NAME", "EVENT_BUS_NAME", "ON_CALL_TOPIC_ARN", "ON_CHANNEL_LOST"],
  "compose-notification": ["TABLE_NAME", "EVENT_BUS_NAME", "NOTIFICATION_TARGETS"],
  "send-webhook": ["WEBHOOK_TARGETS"],
  "recover-execution": recovery,
  "sweep-streams": [...recovery, "STATE_MACHINE_ARN", "MAX_LIVE_HOURS"],
} as const satisfies { readonly [name: string]: readonly string[] };

/** A Lambda of this package, by the name of its file in `handlers/`. */
export type FunctionName = keyof typeof environmentNames;

/** Every Lambda. */
export const functionNames = Object.keys(environmentNames) as FunctionName[];

/** The name of an environment variable of a function. */
export type EnvironmentName<Name extends FunctionName> = (typeof environmentNames)[Name][number];

/** The environment variables of a function. */
export type Environment<Name extends FunctionName, Value = string> = {
  readonly [variable in EnvironmentName<Name>]: Value;
};
