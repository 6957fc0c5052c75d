import { type Catcher, type TaskState, task } from "./asl";
import { callTimeoutSeconds, staleETag } from "./expressions";
import { jsonata } from "./jsonata";
import { configurationWithoutPlayback } from "./playback-configuration";
import { cloudFrontRetriers } from "./retriers";

/**
 * The update that takes a playback entry out of the configuration just read.
 *
 * @param distributionId the id of the distribution, or the expression of it.
 * @param originId the id of the entry's origin, in JSONata.
 * @returns a Task whose input is that of `readDistribution`. Where another update came first, it leads to `whenStale`.
 */
export function removePlaybackEntry<TName extends string>(
  distributionId: string,
  originId: string,
  ways: Required<Pick<TaskState<TName>, "Catch" | "Next">> &
    Pick<TaskState<TName>, "Assign"> & { readonly whenStale: Omit<Catcher<TName>, "ErrorEquals"> },
): TaskState<TName> {
  return task({
    Resource: "arn:aws:states:::aws-sdk:cloudfront:updateDistribution",
    Arguments: {
      Id: distributionId,
      IfMatch: jsonata("$states.input.ETag"),
      DistributionConfig: jsonata(configurationWithoutPlayback(originId)),
    },
    TimeoutSeconds: callTimeoutSeconds,
    Retry: cloudFrontRetriers,
    Catch: [{ ErrorEquals: staleETag, ...ways.whenStale }, ...ways.Catch],
    ...(ways.Assign && { Assign: ways.Assign }),
    Output: {},
    Next: ways.Next,
  });
}
