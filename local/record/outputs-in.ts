type Pulumi = typeof import("@pulumi/pulumi");

/** Finds the outputs and promises within a value, such as a program's stack outputs, with the path of each, such as `urls.site`. */
export function* outputsIn(
  value: unknown,
  pulumi: Pulumi,
  path = "",
  seen = new Set<unknown>(),
): Generator<[path: string, value: unknown]> {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    yield [path, value];
    return;
  }
  if (typeof value !== "object" || value === null || seen.has(value) || pulumi.Resource.isInstance(value))
    return;
  seen.add(value);
  for (const [name, member] of Object.entries(value)) {
    yield* outputsIn(member, pulumi, path === "" ? name : `${path}.${name}`, seen);
  }
}
