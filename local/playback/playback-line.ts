/** A viewer's request that was answered. */
export interface PlaybackLine {
  readonly method: string;
  /** Without the query string, which may have a signature. */
  readonly path: string;
  readonly status: number;
  /** Such as `Hit from cloudfront`. */
  readonly xCache: string;
  /** What the developer should know, where something is wrong. */
  readonly reason?: string;
}
