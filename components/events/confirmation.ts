import type * as pulumi from "@pulumi/pulumi";
import { eventSource, streamLifecycleProgressed } from "../../contracts";
import type { Tags } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import type { EventBus } from "./event-bus";

/**
 * Which events resume a workflow that waits: READY or FAILED, from any sender but the workflow itself, and COMPLETE, by which
 * a stream is cancelled that waits for its time.
 */
export const confirmationPattern = {
  source: [eventSource],
  "detail-type": [streamLifecycleProgressed.detailType],
  detail: {
    status: ["READY", "FAILED", "COMPLETE"],
    // anything-but does not match where the field is missing.
    $or: [{ origin: [{ "anything-but": ["orchestrator"] }] }, { origin: [{ exists: false }] }],
  },
};

/** Sends the events that confirm or cancel a stream to the function that resumes the workflow. */
export function resumeOnConfirmation(
  name: string,
  { events, resume, tags }: { events: EventBus; resume: StreamFunction; tags: Tags },
  opts: pulumi.CustomResourceOptions,
): void {
  events.subscribe(
    name,
    {
      description:
        "READY, FAILED or COMPLETE, from anybody but the workflow: resumes the workflow that waits for it.",
      pattern: confirmationPattern,
      target: resume.function,
      tags,
    },
    opts,
  );
  events.keepFailures(name, resume.function, opts);
}
