import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../common";
import type { EventBus } from "../events/event-bus";
import { sendToFunction } from "../events/event-rule";
import type { StreamFunction } from "../functions/stream-function";

/** Sends each execution that did not succeed to the function that looks whether anything of its attempt is left. */
export function recoverExecutions(
  name: string,
  {
    events,
    orchestrator,
    recover,
    tags,
  }: { events: EventBus; orchestrator: aws.sfn.StateMachine; recover: StreamFunction; tags: Tags },
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.EventRule {
  const rule = sendToFunction(
    name,
    {
      description: "An execution was stopped, timed out or failed: makes sure that its attempt is undone.",
      // Step Functions tells the account's default bus.
      pattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [orchestrator.arn], status: ["FAILED", "TIMED_OUT", "ABORTED"] },
      },
      target: recover.function,
      deadLettersArn: events.deadLetters.arn,
      tags,
    },
    opts,
  );
  events.keepFailures(name, recover.function, opts);
  return rule;
}
