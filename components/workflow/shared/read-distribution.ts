import { type TaskState, task } from "./asl";
import { callTimeoutSeconds } from "./expressions";
import { jsonata } from "./jsonata";
import { cloudFrontRetriers } from "./retriers";

/**
 * The read before every update of the distribution, which takes the whole configuration and its ETag.
 *
 * @returns a Task whose output is `{ ETag, DistributionConfig }`.
 */
export function readDistribution<TName extends string>(
  distributionId: string,
  ways: Required<Pick<TaskState<TName>, "Catch" | "Next">> & Pick<TaskState<TName>, "Assign">,
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::aws-sdk:cloudfront:getDistributionConfig",
    Arguments: { Id: distributionId },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: cloudFrontRetriers,
    Catch: ways.Catch,
    ...(ways.Assign && { Assign: ways.Assign }),
    Output: {
      ETag: jsonata("$states.result.ETag"),
      DistributionConfig: jsonata("$states.result.DistributionConfig"),
    },
    Next: ways.Next,
  });
}
