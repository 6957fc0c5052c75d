import type { AttributeValue } from "../aws/dynamodb";
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

/** A page of a Query or a Scan. */
interface Page {
  Items?: Record<string, AttributeValue>[] | undefined;
  LastEvaluatedKey?: Record<string, AttributeValue> | undefined;
}

/**
 * Reads a Query or a Scan to its end.
 *
 * @param read reads a page, from the key on that the page before ended with.
 * @returns the items of all pages.
 */
export async function readPages(
  read: (from: { ExclusiveStartKey?: Record<string, AttributeValue> }) => Promise<Page>,
): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await read(from ? { ExclusiveStartKey: from } : {});
    items.push(...Items);
    from = LastEvaluatedKey;
  } while (from);
  return items;
}
