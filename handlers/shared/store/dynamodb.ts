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

/** Reads a page of a Query or a Scan, from the key on that the page before ended with. */
type ReadPage = (from: { ExclusiveStartKey?: Record<string, AttributeValue> }) => Promise<Page>;

/** Reads a Query or a Scan, for as long as the caller goes on. Yields the items of each page. */
export async function* pagesOf(read: ReadPage): AsyncGenerator<Record<string, AttributeValue>[]> {
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await read(from ? { ExclusiveStartKey: from } : {});
    yield Items;
    from = LastEvaluatedKey;
  } while (from);
}

/** @returns the items of all pages of a Query or a Scan. */
export async function readPages(read: ReadPage): Promise<Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const page of pagesOf(read)) items.push(...page);
  return items;
}
