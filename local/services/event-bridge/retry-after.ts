/** An answer of which EventBridge says that another attempt may mend it. */
export class RetriableAnswer extends Error {
  /** @param retryAfterMilliseconds how long the endpoint wants to be left alone. */
  constructor(
    message: string,
    readonly retryAfterMilliseconds: number,
  ) {
    super(message);
  }
}

/** @returns how long an error wants its caller to wait, in milliseconds. */
export function retryAfterOf(error: unknown): number {
  return error instanceof RetriableAnswer ? error.retryAfterMilliseconds : 0;
}
