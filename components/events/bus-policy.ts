import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource } from "../../contracts";

/** Gives a bus its policy. A bus has one policy alone, so that a team's own bus is left as it is. */
export function closeBus(
  name: string,
  { bus, policy }: { bus: aws.cloudwatch.EventBus; policy: pulumi.Output<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.EventBusPolicy(name, { eventBusName: bus.name, policy }, opts);
}

/**
 * Has a bus refuse our events, except from our own roles and the principals given, whatever else their policies
 * allow them: an event READY confirms a stream, and FAILED or COMPLETE ends one.
 *
 * @returns the policy (JSON).
 */
export function busPolicy(args: {
  bus: aws.cloudwatch.EventBus;
  /** The roles, and further principals, that may send our events. */
  principals: readonly pulumi.Input<string>[];
  furtherPrincipals: pulumi.Input<pulumi.Input<string>[]>;
}): pulumi.Output<string> {
  const principals = pulumi
    .all([pulumi.all([...args.principals]), pulumi.output(args.furtherPrincipals)])
    .apply(([own, further]) => [...own, ...further]);
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OurEventsFromOurRolesOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "events:PutEvents",
        Resource: args.bus.arn,
        Condition: {
          // One call may carry events of several sources.
          "ForAnyValue:StringEquals": { "events:source": eventSource },
          ArnNotLike: { "aws:PrincipalArn": principals },
        },
      },
    ],
  });
}
