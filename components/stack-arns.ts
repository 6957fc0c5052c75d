import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What `stackArns` returns. */
export type StackArns = ReturnType<typeof stackArns>;

/** @returns where the stack is, and the ARNs of what exists already or is made later. */
export function stackArns(opts: pulumi.InvokeOptions) {
  const region = aws.getRegionOutput({}, opts).region;
  const { accountId } = aws.getCallerIdentityOutput({}, opts);
  const { partition } = aws.getPartitionOutput({}, opts);
  const arn = (service: string, resource: pulumi.Output<string>) =>
    pulumi.interpolate`arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return {
    partition,
    region,
    accountId,
    channel: (id: string) => arn("medialive", pulumi.interpolate`channel:${id}`),
    input: (id: string) => arn("medialive", pulumi.interpolate`input:${id}`),
    // CloudFront is global: its ARNs have no Region.
    distribution: (id: pulumi.Input<string>) =>
      pulumi.interpolate`arn:${partition}:cloudfront::${accountId}:distribution/${id}`,
    rule: (rule: pulumi.Input<string>) => arn("events", pulumi.interpolate`rule/${rule}`),
    /** The pattern of every schedule of a group. */
    schedules: (groupName: pulumi.Output<string>) =>
      arn("scheduler", pulumi.interpolate`schedule/${groupName}/*`),
    /** The pattern of every execution of a state machine. */
    executions: (machineName: pulumi.Input<string>) =>
      arn("states", pulumi.interpolate`execution:${machineName}:*`),
  };
}
