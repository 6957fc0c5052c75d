import * as pulumi from "@pulumi/pulumi";
import type { StreamOrchestrationArgs } from "./stream-orchestration-args";

/** @returns the arguments of a `StreamOrchestration` with the defaults that `StreamOrchestrationArgs` documents. */
export function normalizeArgs(args: StreamOrchestrationArgs) {
  return {
    leadTimeMinutes: args.encoder.leadTimeMinutes,
    stopUnowned: args.encoder.stopUnowned ?? false,
    confirmationTimeoutSeconds: args.confirmationTimeoutSeconds ?? 900,
    readiness: {
      mode: args.readiness?.mode ?? "manual",
      timeoutSeconds: args.readiness?.timeoutSeconds ?? 840,
      requireRunning: args.readiness?.requireRunning ?? false,
    },
    health: {
      onChannelLost: args.health?.onChannelLost ?? "fail",
      alertMinutes: args.health?.alertMinutes ?? 5,
      noInputMinutes: args.health?.noInputMinutes ?? 0,
    },
    observability: {
      dashboard: args.observability?.dashboard ?? true,
      alarms: args.observability?.alarms ?? "all",
    },
    notify: args.notify ?? [],
    maxLiveHours: args.maxLiveHours ?? 12,
    graceMinutes: args.playback.graceMinutes ?? 0,
    sweepIntervalMinutes: args.sweepIntervalMinutes ?? 10,
    includeIngestEndpoints: args.events?.includeIngestEndpoints ?? true,
    confirmationPrincipals: args.events?.confirmationPrincipals ?? [],
    schemaRegistry: args.events?.schemaRegistry ?? false,
    busName: args.events?.busName,
    emails: args.onCall?.emails ?? [],
    topicArn: args.onCall?.topicArn,
    tables: args.tables,
    api: args.api ?? {},
    jwt: args.auth?.jwt,
    cors: args.cors,
    throttle: args.throttle ?? { burstLimit: 50, rateLimit: 25 },
    network: args.network,
    archiveRetentionDays: args.archiveRetentionDays ?? 30,
    protect: args.protect ?? true,
    /** What every part is made with. */
    common: {
      tags: pulumi.output(args.tags ?? {}),
      logRetentionDays: args.logRetentionDays ?? 30,
      encryptionKeyArn: args.encryptionKeyArn,
      tracing: args.tracing ?? false,
    },
  };
}
