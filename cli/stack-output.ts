import { execFileSync } from "node:child_process";
import { UsageError } from "./cli";

/**
 * Asks the Pulumi CLI for an output of a deployed stack.
 *
 * @param option by which the value may be given instead.
 * @throws {UsageError} when the Pulumi CLI does not answer, in its own words.
 */
export function stackOutput(stack: string, output: string, option: string): string {
  try {
    const args = ["stack", "output", output, "--stack", stack];
    return execFileSync("pulumi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    throw new UsageError(
      code === "ENOENT"
        ? `The Pulumi CLI is not installed. Give ${option} instead: it is the stack's output ${output}.`
        : `The Pulumi CLI could not tell the output ${output} of stack '${stack}': ${String(stderr).trim()}`,
    );
  }
}
