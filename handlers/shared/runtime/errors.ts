import { escapeControls, escapeControlsInLines, maskUrls } from "../../../contracts";
import { workflowError } from "../../../contracts/internal";

/** An error with a name by which its caller tells it apart. */
export function namedError(name: string, message: string, options?: ErrorOptions): Error {
  return Object.assign(new Error(message, options), { name });
}

/** The error of a workflow whose scheduled start is not wanted any more. */
export const streamCancelled = workflowError("StreamCancelled");

/** @returns whether an error is the one that AWS calls by one of these names. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** @returns an error's name and message in one line, fit for logs and notifications. */
export function describeError(error: unknown): string {
  return escapeControls(maskUrls(error instanceof Error ? `${error.name}: ${error.message}` : String(error)));
}

/**
 * @returns an error as a Lambda may throw it, which then logs it with its stack and its causes: by the same name, with its
 * URLs masked, its control characters escaped, and without causes.
 */
export function thrownError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(shown(String(error)));
  const { name, message, stack = "" } = error;
  // The lines of a stack are the runtime's; the message that it begins with may hold line ends of its own.
  const lines = escapeControlsInLines(
    maskUrls(message === "" ? stack : stack.replace(message, () => shown(message))),
  );
  return Object.assign(new Error(shown(message)), { name, stack: lines });
}

function shown(message: string): string {
  return escapeControls(maskUrls(message));
}
