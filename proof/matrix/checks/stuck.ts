import { hasEnded } from "../../../contracts";
import type { Story } from "../story";

/** Guarantee 2: nothing waits for what does not come. */
export async function checkStuck({ world, streamId }: Story): Promise<string[]> {
  const attempts = (await world.attempts()).filter((one) => one.streamId === streamId);
  const running = [...world.watch.executions.values()].filter(({ status }) => status === "RUNNING");
  return [
    ...attempts.flatMap(({ attempt, status }) =>
      status === "PROVISIONING" ? [`Attempt ${attempt} stays PROVISIONING.`] : [],
    ),
    ...attempts.flatMap(({ attempt, status, taskToken }) =>
      hasEnded(status) && taskToken !== undefined ? [`Attempt ${attempt} is ${status} and has a token.`] : [],
    ),
    ...running.map(({ machine, name, state }) => `Execution ${name} of ${machine} is in ${state}.`),
  ];
}
