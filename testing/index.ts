export type { ExecutionStatus } from "../local/asl/execution";
export type { HistoryEvent } from "../local/asl/history";
export type { Caller, CallGate, Interceptor, ServiceCall } from "../local/calls/calls";
export type {
  CallFault,
  CallSite,
  DeliverySite,
  FaultError,
  Faults,
  HeldCalls,
  Kill,
  LoggedCall,
} from "../local/faults/faults";
export type { RequestLine } from "../local/http/http-api";
export type { Json, JsonObject } from "../local/json";
export type { Graph, RecordedResource } from "../local/record/graph";
export type { Program } from "../local/record/load-program";
export type { Redeployment, Runtime, RuntimeListener } from "../local/runtime";
export {
  type AlarmChange,
  type AlarmState,
  AwsError,
  type Channel,
  type ChannelDelays,
  type ChannelState,
  type Input,
  type PublishedMessage,
  type UndeliveredEvent,
} from "../local/services";
export type { LocalAlarms } from "./alarms";
export type { ApiRequest, LocalApi } from "./api";
export { type ApiAnswer, readAnswer } from "./api-answer";
export type { EncoderAction, LocalEncoder } from "./encoder";
export type { EventMatch, LocalEvents } from "./events";
export type { ExecutionError, LocalExecution, StateVisit } from "./execution-view";
export type { LocalExecutions } from "./executions";
export type { BusEvent, LogLine } from "./journal";
export type { LocalLogs } from "./logs";
export type { NextError } from "./next-error";
export type { LocalNotifications } from "./notifications";
export type { LocalDistribution, LocalPlayback, PlaybackAction } from "./playback";
export type { LocalQueues, QueueMessage } from "./queues";
export type { LocalReceivers } from "./receivers";
export type { LocalSchedule, LocalSchedules } from "./schedules";
export { type AwsClientSettings, type Local, type LocalOptions, startLocal } from "./start-local";
export type { Duration, SteppedClock } from "./stepped-clock";
export type { StreamAttempt, StreamLease, StreamPlayback } from "./stream-attempt";
export type { StreamEvent } from "./stream-events";
export type { StreamProgram } from "./stream-program";
export type { LocalStreams } from "./streams";
export type { Viewer, ViewerInit } from "./viewer";
export { WaitError } from "./wait-error";
