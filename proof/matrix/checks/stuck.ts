import { hasEnded } from "../../../contracts";
import type { Story } from "../story";

/** Guarantee 2: nothing waits for what does not come. */
export async function checkStuck({ world, streamId }: Story): Promise<string[]> {
  const attempts = await world.local.streams.attempts(streamId);
  const running = world.local.executions.running();
  return [
    ...attempts.flatMap(({ attempt, status }) =>
      status === "PROVISIONING" ? [`Attempt ${attempt} stays PROVISIONING.`] : [],
    ),
    ...attempts.flatMap(({ attempt, status, taskToken }) =>
      hasEnded(status) && taskToken !== undefined ? [`Attempt ${attempt} is ${status} and has a token.`] : [],
    ),
    ...running.map(({ name, path }) => `The execution ${name} is in ${path.at(-1)}.`),
  ];
}
