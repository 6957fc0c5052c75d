/** What a call answers whose permission was taken away: no retry mends it. */
export const denied = { code: "AccessDeniedException", message: "Not authorized.", statusCode: 400 };

/** What CloudFront answers an update whose ETag is not the current one any more. */
export const staleETag = { code: "PreconditionFailed", message: "Stale.", statusCode: 412 };
