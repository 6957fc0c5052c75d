import type { EngineEvent } from "@pulumi/pulumi/automation";

/** A step that Pulumi took, or in a preview would take. */
export interface Step {
  readonly op: string;
  readonly type: string;
  /** The name in the program. */
  readonly name: string;
  /** The inputs that changed; of a replacement, those that make it one. */
  readonly keys: readonly string[];
}

/** What came of a command. */
export interface Outcome {
  /** Every step but those that leave a resource as it is. */
  readonly steps: readonly Step[];
  /** What Pulumi printed of errors, where it failed. */
  readonly error: string | undefined;
}

export type OnEvent = (event: EngineEvent) => void;

/** @returns the name in the program of the resource with a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** Runs a command of Pulumi's and notes its steps. A command that Pulumi refuses or cannot finish is an outcome, too. */
export async function observe(command: (onEvent: OnEvent) => Promise<unknown>): Promise<Outcome> {
  const steps: Step[] = [];
  const messages: string[] = [];
  const onEvent: OnEvent = ({ resourcePreEvent, diagnosticEvent }) => {
    if (diagnosticEvent?.severity === "error") messages.push(diagnosticEvent.message);
    const metadata = resourcePreEvent?.metadata;
    if (!metadata || metadata.op === "same" || metadata.op === "read") return;
    const { op, type, urn, keys, diffs } = metadata;
    steps.push({ op, type, name: nameOf(urn), keys: (keys?.length ? keys : diffs) ?? [] });
  };
  try {
    await command(onEvent);
    return { steps, error: undefined };
  } catch (error) {
    return { steps, error: messages.join("\n") || (error as Error).message };
  }
}
