import { maskUrls } from "../../../contracts";
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
  return maskUrls(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/**
 * @returns an error as a Lambda may throw it, which then logs it with its stack and its causes: by the same name, with its
 * URLs masked, and without causes.
 */
export function thrownError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(maskUrls(String(error)));
  const { name, message, stack = "" } = error;
  return Object.assign(new Error(maskUrls(message)), { name, stack: maskUrls(stack) });
}
