import type * as aws from "@pulumi/aws";
import type { TableSchema } from "./table-schemas";

/** What Pulumi's provider says of a table. What the table does not have is undefined, null or empty. */
export interface FoundTable {
  readonly name: string;
  readonly hashKey: string;
  readonly rangeKey?: string | undefined | null;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly globalSecondaryIndexes?:
    | readonly aws.types.output.dynamodb.TableGlobalSecondaryIndex[]
    | undefined;
}

/**
 * Compares a table with the keys and the indexes that it has to have. Further indexes do no harm.
 *
 * @returns every problem, in words that name what is there and what has to be.
 */
export function findTableIssues(found: FoundTable, schema: TableSchema): string[] {
  const typeOf = (attributes: FoundTable["attributes"], name: string) =>
    `${name} (${attributes.find((attribute) => attribute.name === name)?.type ?? "none"})`;
  const keys = (
    { hashKey, rangeKey }: Pick<FoundTable, "hashKey" | "rangeKey">,
    of: FoundTable["attributes"],
  ) => [hashKey, rangeKey].flatMap((key) => (key ? [typeOf(of, key)] : []));
  const compare = (what: string, wanted: string[], received: string[]) =>
    wanted.join() === received.join()
      ? []
      : [`${what} must be ${wanted.join(" and ")}, received ${received.join(" and ") || "none"}.`];
  const indexes = schema.globalSecondaryIndexes ?? [];
  return [
    ...compare("its key", keys(schema, schema.attributes), keys(found, found.attributes)),
    ...indexes.flatMap(({ name, keySchemas, projectionType }) => {
      const one = found.globalSecondaryIndexes?.find((index) => index.name === name);
      if (!one) return [`it must have the index ${name}, received none of that name.`];
      const parts = (
        list: readonly { attributeName?: string; keyType?: string }[],
        of: FoundTable["attributes"],
      ) => list.map(({ attributeName = "", keyType }) => `${keyType} ${typeOf(of, attributeName)}`);
      return [
        ...compare(
          `the key of its index ${name}`,
          parts(keySchemas, schema.attributes),
          parts(keySchemasOf(one), found.attributes),
        ),
        ...(projectionType === "ALL" && one.projectionType !== "ALL"
          ? [`its index ${name} must project ALL attributes, received ${one.projectionType}.`]
          : []),
      ];
    }),
  ];
}

/** A table whose program gives the keys of an index by their deprecated names may have them under these alone. */
function keySchemasOf({
  keySchemas,
  hashKey,
  rangeKey,
}: aws.types.output.dynamodb.TableGlobalSecondaryIndex) {
  if (keySchemas?.length > 0) return keySchemas;
  return [
    ...(hashKey ? [{ attributeName: hashKey, keyType: "HASH" }] : []),
    ...(rangeKey ? [{ attributeName: rangeKey, keyType: "RANGE" }] : []),
  ];
}
