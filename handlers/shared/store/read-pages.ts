import type { AttributeValue } from "@aws-sdk/client-dynamodb";

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
