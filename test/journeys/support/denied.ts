/** What a call answers whose permission was taken away: no retry mends it. */
export const denied = { code: "AccessDeniedException", message: "Not authorized.", statusCode: 400 };
