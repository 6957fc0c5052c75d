import type * as pulumi from "@pulumi/pulumi";
import { StreamOrchestration, type StreamOrchestrationArgs } from "../../components";
import { type Recording, type RecordOptions, record } from "./record";

/** The least that a StreamOrchestration needs. */
export const leastArgs: StreamOrchestrationArgs = {
  encoder: { channels: [{ channelId: "1234567" }, { channelId: "7654321" }] },
  playback: { distributionId: "E2QWRUHAPOMQZL" },
};

/** Records one StreamOrchestration by the name `streams`. */
export function recordOrchestration(
  args: Partial<StreamOrchestrationArgs> = {},
  { opts, ...options }: RecordOptions & { opts?: pulumi.ComponentResourceOptions } = {},
): Promise<Recording & { readonly result: StreamOrchestration }> {
  return record(() => new StreamOrchestration("streams", { ...leastArgs, ...args }, opts), options);
}

let defaults: ReturnType<typeof recordOrchestration> | undefined;

/** The recording of {@link leastArgs}, made once for all tests that only look at it. */
export function recordDefaults(): ReturnType<typeof recordOrchestration> {
  defaults ??= recordOrchestration();
  return defaults;
}
