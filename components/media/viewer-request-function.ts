import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../common";

/**
 * The header by which the cache key tells streams apart. After the function, `/a/index.m3u8` and `/b/index.m3u8` are the same path, and
 * no AWS source says that the origin is a part of the key. CloudFront computes the key from the request that the function returns
 * (CloudFront guide, "Understand the cache key").
 */
export const streamIdHeader = "x-stream-id";

/**
 * A viewer asks for `/<streamId>/index.m3u8`, by which the distribution finds the stream's behaviour; CloudFront would ask
 * the origin for the same path, where no channel puts anything under a stream's name.
 *
 * CloudFront normalizes a path as RFC 3986 says, removes repeated slashes and dot segments, matches the result with the behaviours, and
 * then sends the raw path (CloudFront guide, "Path pattern"). The function gets the raw path, so that it has to find the same stream:
 * for `/a/../b/index.m3u8` that is `b`. Where the order of the two removals matters, no source tells CloudFront's, and the request is
 * refused. An encoded slash is no slash for the match (RFC 3986, 2.2) and stays; but an origin may decode it, so that a path which would
 * then climb out of the stream's own is refused.
 *
 * JavaScript runtime 2.0 for CloudFront Functions; at most 10 KB.
 */
const code = `var unreserved = /%(2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi;

function toCharacter(_, hex) {
  return String.fromCharCode(parseInt(hex, 16));
}

function withoutRepeatedSlashes(path) {
  return path.replace(/\\/{2,}/g, '/');
}

function withoutDotSegments(path) {
  var segments = path.split('/').slice(1);
  var kept = [];
  for (var i = 0; i < segments.length; i++) {
    var isDots = segments[i] === '.' || segments[i] === '..';
    if (segments[i] === '..') kept.pop();
    if (!isDots) kept.push(segments[i]);
    else if (i === segments.length - 1) kept.push('');
  }
  return '/' + kept.join('/');
}

function climbs(path) {
  var text = path;
  for (var i = 0; i < 5; i++) {
    var decoded = text.replace(/%([0-9a-f]{2})/gi, toCharacter);
    if (decoded === text) return /(^|[\\/\\\\])\\.\\.?($|[\\/\\\\;])/.test(text);
    text = decoded;
  }
  return true;
}

function handler(event) {
  var request = event.request;
  var path = request.uri.replace(unreserved, toCharacter);
  var normal = withoutDotSegments(withoutRepeatedSlashes(path));
  var isAmbiguous = withoutRepeatedSlashes(withoutDotSegments(path)) !== normal;
  var parts = /^\\/([a-zA-Z0-9-]{3,64})(\\/.*)?$/.exec(normal);
  if (isAmbiguous || !parts || climbs(parts[2] || '/')) {
    return { statusCode: 404, statusDescription: 'Not Found' };
  }
  request.uri = parts[2] || '/';
  request.headers = request.headers || {};
  request.headers['${streamIdHeader}'] = { value: parts[1] };
  return request;
}
`;

/** Makes the CloudFront function that takes the stream's name off the path before the origin is asked. */
export function createViewerRequestFunction(
  name: string,
  tags: Tags,
  opts: pulumi.CustomResourceOptions,
): aws.cloudfront.Function {
  return new aws.cloudfront.Function(
    `${name}-viewer-request`,
    {
      runtime: "cloudfront-js-2.0",
      comment: "Takes the stream's name off the path.",
      code,
      publish: true,
      tags,
    },
    opts,
  );
}
