import {
  type AttemptAttribute,
  attemptIndexes,
  attemptKeyNames,
  leaseKeyName,
} from "../../contracts/internal";

/** The keys and the indexes of a table, as `aws.dynamodb.Table` takes them. */
export interface TableSchema {
  /** The attributes of the keys, with their types. */
  readonly attributes: { name: string; type: "S" | "N" }[];
  readonly hashKey: string;
  readonly rangeKey?: string;
  readonly globalSecondaryIndexes?: TableIndex[];
}

export interface TableIndex {
  readonly name: string;
  readonly keySchemas: { attributeName: string; keyType: "HASH" | "RANGE" }[];
  readonly projectionType: "ALL" | "KEYS_ONLY";
}

/**
 * The keys and the indexes of the two tables. A table of your own has them if your program makes it of these: a release that adds an index then adds it to your table, too.
 *
 * @example
 * const attempts = new aws.dynamodb.Table("attempts", { ...tableSchemas.attempts, billingMode: "PAY_PER_REQUEST" });
 */
export const tableSchemas: { readonly attempts: TableSchema; readonly leases: TableSchema } = {
  attempts: {
    attributes: [
      { name: "streamId", type: "S" },
      { name: "attempt", type: "N" },
      { name: "status", type: "S" },
      { name: "updatedAt", type: "S" },
      { name: "unpublishedSince", type: "S" },
      { name: "requestedAt", type: "S" },
    ] satisfies { name: AttemptAttribute; type: "S" | "N" }[],
    ...attemptKeyNames,
    globalSecondaryIndexes: [
      { ...index(attemptIndexes.byStatus), projectionType: "ALL" },
      { ...index(attemptIndexes.byUnpublished), projectionType: "KEYS_ONLY" },
      { ...index(attemptIndexes.byRequest), projectionType: "KEYS_ONLY" },
    ],
  },
  leases: { attributes: [{ name: leaseKeyName, type: "S" }], hashKey: leaseKeyName },
};

/** The name and the keys of an index. `hashKey` and `rangeKey` of an index are deprecated, and changing from them creates the index anew. */
function index({ name, hashKey, rangeKey }: { name: string; hashKey: string; rangeKey?: string }) {
  return {
    name,
    keySchemas: [
      { attributeName: hashKey, keyType: "HASH" as const },
      ...(rangeKey === undefined ? [] : [{ attributeName: rangeKey, keyType: "RANGE" as const }]),
    ],
  };
}
