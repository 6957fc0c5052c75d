import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import { type PolicyStatement, serviceRole } from "../policy";
import type { LiveLimitSettings } from "../workflow/shared/settings";

/** The schedules that end streams which are not ended otherwise. */
export interface LiveLimit {
  readonly settings: pulumi.Output<LiveLimitSettings>;
  /** Allows what the schedules do. */
  readonly policy: aws.iam.RolePolicy;
  /** What it takes to make such a schedule. */
  readonly createSchedules: readonly PolicyStatement[];
}

/** Makes what the one-shot schedules need: the role with which EventBridge Scheduler starts the teardown. */
export function createLiveLimit(
  name: string,
  args: CommonArgs & {
    maxLiveHours: pulumi.Input<number>;
    teardown: aws.sfn.StateMachine;
    scheduleGroup: aws.scheduler.ScheduleGroup;
    /** The ARN pattern of every schedule of a group. */
    schedulesArn: (groupName: pulumi.Output<string>) => pulumi.Output<string>;
    deadLetters: aws.sqs.Queue;
  },
  opts: pulumi.CustomResourceOptions,
): LiveLimit {
  const { teardown, scheduleGroup, deadLetters } = args;
  const { role, policy } = serviceRole(
    `${name}-live-limit`,
    {
      ...args,
      service: "scheduler.amazonaws.com",
      statements: [
        { actions: ["states:StartExecution"], resources: [teardown.arn] },
        { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
      ],
    },
    opts,
  );
  return {
    policy,
    settings: pulumi.output({
      maxLiveHours: args.maxLiveHours,
      teardownStateMachineArn: teardown.arn,
      scheduleGroupName: scheduleGroup.name,
      scheduleRoleArn: role.arn,
      deadLetterArn: deadLetters.arn,
      encryptionKeyArn: args.encryptionKeyArn ?? null,
    }),
    // Also where nothing limits streams: a request may have an endTime.
    createSchedules: [
      { actions: ["scheduler:CreateSchedule"], resources: [args.schedulesArn(scheduleGroup.name)] },
      {
        actions: ["iam:PassRole"],
        resources: [role.arn],
        conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      },
    ],
  };
}
