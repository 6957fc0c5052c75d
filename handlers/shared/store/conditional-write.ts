import { isNamed } from "../runtime/errors";

/** @returns a conditional write's result; undefined when its condition did not hold. */
export async function ifHeld<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isNamed(error, "ConditionalCheckFailedException")) return undefined;
    throw error;
  }
}

/** @returns whether the condition of a write held. */
export async function held(write: Promise<unknown>): Promise<boolean> {
  return (await ifHeld(write)) !== undefined;
}
