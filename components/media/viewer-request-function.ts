import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/**
 * A viewer asks for `/<streamId>/index.m3u8`, by which the distribution finds the stream's behaviour; CloudFront would ask
 * the origin for the same path, where no channel puts anything under a stream's name.
 */
const code = `function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\\/[^\\/]+/, "") || "/";
  return request;
}
`;

/** Makes the CloudFront function that takes the stream's name off the path before the origin is asked. */
export function createViewerRequestFunction(
  name: string,
  opts: pulumi.CustomResourceOptions,
): aws.cloudfront.Function {
  return new aws.cloudfront.Function(
    `${name}-viewer-request`,
    {
      runtime: "cloudfront-js-2.0",
      comment: "Takes the stream's name off the path.",
      code,
      publish: true,
    },
    opts,
  );
}
