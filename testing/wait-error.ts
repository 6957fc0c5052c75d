/** A wait that ended since what it waited for cannot come. Its message says what was waited for, what happened, and what is pending. */
export class WaitError extends Error {
  override readonly name = "WaitError";
}
