import * as v from "valibot";
import { attemptNumberSchema, check, streamIdSchema } from "../../contracts";

/** Step Functions' event, of which `input` is the execution's input as text. Source: Step Functions Developer Guide, "Automating Step Functions event delivery". */
const succeededSchema = v.object({
  status: v.literal("SUCCEEDED"),
  input: v.pipe(
    v.string(),
    v.parseJson(),
    v.object({ streamId: streamIdSchema, attempt: attemptNumberSchema }),
  ),
});

/** @returns the attempt whose teardown has ended well; undefined for another event. */
export function readTeardownEvent(detail: unknown): { streamId: string; attempt: number } | undefined {
  const succeeded = check(succeededSchema, detail);
  return succeeded.ok ? succeeded.value.input : undefined;
}
