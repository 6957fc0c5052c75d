/**
 * What the workflows and the handlers share, and no client of the package sees: items, payloads, environment variables and
 * supporting states. Handlers and components alone import it.
 */
export {
  type Attempt,
  type AttemptAttribute,
  type AttemptExpression,
  attemptExpression,
  attemptIndexes,
  attemptKeyNames,
  attemptNames,
  changeStatus,
  type HistoryEntry,
  isLastUnpublished,
  ownAttempt,
  ownProvisioningAttempt,
  type Requester,
  removePublicationMark,
  type Teardown,
} from "./attempts-table";
export {
  type AttemptSettings,
  type Channel,
  type ChannelInput,
  type DeploymentSettings,
  type SdkMembers,
  type SettingsItem,
  settingsItemId,
} from "./deployment-settings";
export {
  type Environment,
  environmentNames,
  type FunctionName,
  functionNames,
} from "./environment";
export type { AlertRecord, Health, HealthInput } from "./health";
export {
  type AttemptLease,
  distributionLockId,
  type EntryRecord,
  entryRecordId,
  type Lease,
  type LeaseAttribute,
  leaseExpression,
  leaseKeyName,
  ownLease,
  type PlaybackSource,
  type PlaybackUpdate,
  type StartRecord,
  type SweepLease,
  startRecordId,
} from "./leases-table";
export { deploymentDimension, type MetricBy, type MetricName, metricNamespace, metrics } from "./metrics";
export type { NotificationTarget, WebhookTarget } from "./notification-targets";
export {
  type ActOnHealthEvent,
  type Confirmation,
  type Execution,
  type ExecutionStatusChange,
  type Failure,
  type FailureSummary,
  type FreeChannel,
  type HandleProvisionFailureEvent,
  type HealthAction,
  type LateEntry,
  type OrchestratorInput,
  type Payload,
  type PlannedInput,
  type PlayingAttempt,
  type ProbeManifestEvent,
  type ProbeResult,
  type Provision,
  payloadVersion,
  type Recovery,
  type SendWebhookEvent,
  type SweepStreamsEvent,
  type SweepSummary,
  type TeardownInput,
  type ValidateProvisionRequestEvent,
  workflowError,
} from "./payloads";
export { type SupportingStateName, supportingStates } from "./supporting-states";
export {
  channelStartSeconds,
  channelStopSeconds,
  formerSweepLeaseSeconds,
  lateCallSeconds,
  maxWaitForLockSeconds,
  maxWaitForOrchestrationSeconds,
  maxWaitForReleaseSeconds,
  maxWaitToStartSeconds,
  maxWaitToStopSeconds,
  staleRecordSeconds,
  sweepLeaseSeconds,
  sweepStopSeconds,
  sweepTimeoutSeconds,
  teardownTimeoutSeconds,
} from "./timeouts";
