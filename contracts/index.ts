/**
 * The contracts of stream orchestration: the HTTP API, the events, the lifecycle and the workflow's states, as typed
 * values, valibot schemas and JSON Schemas. Everything else in this package is built from them.
 */
export { type AsyncApiDocument, buildAsyncApiDocument } from "./asyncapi";
export {
  type InputType,
  inputTypeNames,
  inputTypes,
  type StreamInput,
  streamInputSchema,
} from "./channel-inputs";
export {
  type CreateStreamWorkflowRequest,
  type CreateStreamWorkflowResponse,
  createStreamWorkflow,
  createStreamWorkflowRequestSchema,
  createStreamWorkflowResponseSchema,
  largestRequestBytes,
  normalizeRequest,
} from "./create-stream-workflow";
export { toUtc } from "./date-time";
export { type EndStreamResponse, endStream, endStreamResponseSchema } from "./end-stream";
export { escapeControls, escapeControlsInLines } from "./escape-controls";
export {
  type EventContract,
  eventContracts,
  eventSource,
  type StreamLifecycleProgressedDetail,
  type StreamProvisionRequestedDetail,
  streamHealthChanged,
  streamLifecycleProgressed,
  streamLifecycleProgressedDetailSchema,
  streamProvisionRequested,
  streamProvisionRequestedDetailSchema,
} from "./events";
export {
  degradedResponseSchema,
  type GetHealthStatusResponse,
  getHealthStatus,
  healthyResponseSchema,
  type ServiceHealth,
  serviceHealthSchema,
} from "./get-health-status";
export {
  getIngest,
  getStream,
  historyEntrySchema,
  type Ingest,
  ingestSchema,
  type Stream,
  type StreamHistoryEntry,
  streamSchema,
} from "./get-stream";
export { type Checked, check } from "./issues";
export { type JsonSchema, toJsonSchema } from "./json-schema";
export {
  hasEnded,
  type StreamStatus,
  statusesAfter,
  statusesBefore,
  streamStatuses,
  streamStatusSchema,
  transition,
} from "./lifecycle";
export { type EventOf, type LifecycleEvent, parseLifecycleEvent } from "./lifecycle-event";
export {
  defaultPageSize,
  type ListStreamAttemptsResponse,
  type ListStreamsQuery,
  type ListStreamsResponse,
  listStreamAttempts,
  listStreamAttemptsResponseSchema,
  listStreams,
  listStreamsQuerySchema,
  listStreamsResponseSchema,
  maxPageSize,
  type StreamSummary,
  streamSummarySchema,
} from "./list-streams";
export { maskUrls } from "./mask-urls";
export {
  type NotificationSeverity,
  notificationSeverities,
  notificationTargetPattern,
  notifiedStatuses,
  type StreamNotification,
  streamNotification,
  streamNotificationSchema,
  streamNotificationType,
} from "./notification";
export { buildOpenApiDocument, type OpenApiDocument } from "./openapi";
export {
  type Manifest,
  type ManifestPath,
  manifestFormats,
  manifestSchema,
  manifestsOf,
  playbackSegment,
  type ViewerSettings,
} from "./playback";
export { type Refusal, type RestOperation, type RestResponse, refusalSchema } from "./rest-operation";
export { restOperations } from "./rest-operations";
export {
  isIdempotent,
  type OperationName,
  operationNames,
  type PathParameters,
  type Route,
  routes,
} from "./routes";
export {
  attemptNumberSchema,
  ingestEndpointSchema,
  ingestEndpointsSchema,
  maxReasonLength,
  metadataSchema,
  streamIdSchema,
} from "./stream";
export {
  type HealthAlert,
  healthAlertSchema,
  type StreamHealth,
  type StreamHealthChangedDetail,
  streamHealthChangedDetailSchema,
  streamHealths,
} from "./stream-health";
export {
  type ContractStateName,
  type StateContract,
  type StateMachineContract,
  stateMachines,
  streamLifecycleOrchestrator,
} from "./stream-lifecycle-orchestrator";
export {
  type UpdateStreamStatusRequest,
  type UpdateStreamStatusResponse,
  updateStreamStatus,
  updateStreamStatusRequestSchema,
  updateStreamStatusResponseSchema,
} from "./update-stream-status";
