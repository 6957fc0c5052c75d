import type { JsonObject } from "../../../local/json";
import { behaviorsOf, type Edit, originsOf, withEntries } from "./entries";

/** CloudFront's own quotas, which the arguments have by default. */
const quotas = { behaviors: 75, origins: 100 };

const archiveId = "archive";

/**
 * Origins that a careless comparison takes for an attempt's: another component's for the same streams, an earlier release's for streams of
 * others, and ids that end an expression or a pattern early.
 */
const hostileIds = [
  "stream-orchestration_000000000000_bystander_1",
  "stream-orchestration_000000000000_case-1_1",
  "stream-orchestration_bystander_1",
  "stream-orchestration_bystander_1_1",
  "stream-orchestration_",
  "{% $states.input %}",
  `it's "quoted"\\`,
  "$",
  "/.*/",
];

/** Paths that only look like a stream's, or that have characters with a meaning elsewhere. */
const hostilePatterns = ["/BYSTANDER/*", "/bystander", "/bystander-2/*", "*.m3u8", "/$~'\"@:+&/*", "/*"];

/** Entries of others, such as every distribution may have: each hostile id with a pattern, as far as there are any. */
export const hostileEntries: Edit = (config) => {
  const [first] = originsOf(config);
  const origins = [...hostileIds, archiveId].map((Id) => ({ ...first, Id }));
  const patterns = [...hostilePatterns, "/archive/*"];
  const behaviors = patterns.map((pattern, index) =>
    behaviorFor(config, pattern, pattern === "/archive/*" ? archiveId : (hostileIds[index] ?? archiveId)),
  );
  return withEntries(config, [...originsOf(config), ...origins], [...behaviorsOf(config), ...behaviors]);
};

/** A new entry, which stands before all others. */
export const addEntry: Edit = (config) => {
  const [first] = originsOf(config);
  return withEntries(
    config,
    [{ ...first, Id: "added-by-others" }, ...originsOf(config)],
    [behaviorFor(config, "/added-by-others/*", "added-by-others"), ...behaviorsOf(config)],
  );
};

export const removeEntry: Edit = (config) =>
  withEntries(
    config,
    originsOf(config).filter(({ Id }) => Id !== archiveId),
    behaviorsOf(config).filter(({ TargetOriginId }) => TargetOriginId !== archiveId),
  );

export const changeEntry: Edit = (config) =>
  withEntries(
    { ...config, Comment: "Changed by others." },
    originsOf(config).map((origin) =>
      origin.Id === archiveId ? { ...origin, OriginPath: "/2027" } : origin,
    ),
    behaviorsOf(config).map((behavior) =>
      behavior.TargetOriginId === archiveId
        ? { ...behavior, Compress: behavior.Compress !== true }
        : behavior,
    ),
  );

/** The path of a stream, for an origin of others. */
export const takePath =
  (streamId: string): Edit =>
  (config) =>
    withEntries(config, originsOf(config), [
      behaviorFor(config, `/${streamId}/*`, String(originsOf(config)[0]?.Id)),
      ...behaviorsOf(config),
    ]);

/** Behaviours, until so many places are left for more. */
export const fillUp =
  (left: number): Edit =>
  (config, actual) => {
    const missing = quotas.behaviors - left - behaviorsOf(actual).length;
    const target = String(originsOf(config)[0]?.Id);
    const behaviors = numbered(missing, (name) => behaviorFor(config, `/${name}/*`, target));
    return withEntries(config, originsOf(config), [...behaviorsOf(config), ...behaviors]);
  };

/** Origins, until so many places are left for more. */
export const fillUpOrigins =
  (left: number): Edit =>
  (config, actual) => {
    const [first] = originsOf(config);
    const origins = numbered(quotas.origins - left - originsOf(actual).length, (Id) => ({ ...first, Id }));
    return withEntries(config, [...originsOf(config), ...origins], behaviorsOf(config));
  };

function numbered<T>(count: number, make: (name: string) => T): T[] {
  return Array.from({ length: Math.max(count, 0) }, (_item, index) => make(`of-others-${index + 1}`));
}

function behaviorFor(config: JsonObject, PathPattern: string, TargetOriginId: string): JsonObject {
  return { ...(config.DefaultCacheBehavior as JsonObject), PathPattern, TargetOriginId };
}
