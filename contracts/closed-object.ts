import * as v from "valibot";

/**
 * An object that takes the named members and no others.
 *
 * It differs from `v.strictObject` in two points that callers of an API notice: every unknown member is an issue of
 * its own (valibot stops at the first), and members that every JavaScript object inherits, such as `constructor`,
 * count as unknown too.
 *
 * @param entries the members, by name.
 * @param describeUnknown words the problem of an unknown member, without the full stop.
 */
export function closedObject<const TEntries extends v.ObjectEntries>(
  entries: TEntries,
  describeUnknown: (key: string, known: readonly string[]) => string = () => "is not allowed",
) {
  const open = v.object(entries);
  const closed = v.strictObject(entries);
  return {
    ...closed,
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      const input = dataset.value;
      const result = open["~run"](dataset, config);
      if (typeof input === "object" && input !== null && !Array.isArray(input)) {
        for (const key of Object.keys(input)) {
          if (!Object.hasOwn(entries, key)) {
            const value = (input as Record<string, unknown>)[key];
            v._addIssue(closed, "key", result, config, {
              input: key,
              expected: "never",
              message: describeUnknown(key, Object.keys(entries)),
              path: [{ type: "object", origin: "key", input: input as Record<string, unknown>, key, value }],
            });
          }
        }
      }
      return result;
    },
  } as typeof closed;
}
