import type { StreamStatus } from "../../contracts";
import { UsageError } from "../cli";

/** @throws {UsageError} for a text that is none of the statuses, in either case. */
export function readStatus<TStatus extends StreamStatus>(
  option: string,
  text: string,
  allowed: readonly TStatus[],
): TStatus {
  const status = allowed.find((one) => one === text.toUpperCase());
  if (!status) throw new UsageError(`${option} must be one of ${allowed.join(", ")}, received '${text}'.`);
  return status;
}

/**
 * Reads the arguments of a command that are no options.
 *
 * @param names of all of them, such as `STREAM`.
 * @throws {UsageError} that names those that are missing, or what there is too much.
 */
export function readArguments<const TNames extends readonly string[]>(
  positionals: readonly string[],
  names: TNames,
  usage: string,
): { readonly [index in keyof TNames]: string } {
  const missing = names.slice(positionals.length);
  if (missing.length > 0) throw new UsageError(`Give ${missing.join(" and ")}.\n\n${usage}`);
  const more = positionals.slice(names.length);
  if (more.length > 0) throw new UsageError(`There is no argument '${more.join(" ")}'.\n\n${usage}`);
  return positionals as { readonly [index in keyof TNames]: string };
}
