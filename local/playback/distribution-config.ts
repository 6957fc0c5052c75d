import { isJsonObject, type Json, type JsonObject } from "../json";
import { matchesPathPattern, normalizePath } from "./path-patterns";

/** @returns the elements of CloudFront's list structure `{ Quantity, Items? }`. */
export function itemsOf(list: Json | undefined): JsonObject[] {
  const items = isJsonObject(list) ? list.Items : undefined;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}

/** @returns the elements of such a list, where they are texts. */
export function textsOf(list: Json | undefined): string[] {
  const items = isJsonObject(list) ? list.Items : undefined;
  return Array.isArray(items) ? items.map(String) : [];
}

/**
 * Finds the behaviour of a request: the first one in order whose pattern matches, else the default one.
 *
 * @param path as the viewer sent it, without the query string.
 */
export function selectBehavior(config: JsonObject, path: string): JsonObject {
  const normalized = normalizePath(path);
  const selected = itemsOf(config.CacheBehaviors).find(({ PathPattern }) =>
    matchesPathPattern(String(PathPattern), normalized),
  );
  if (selected) return selected;
  return isJsonObject(config.DefaultCacheBehavior) ? config.DefaultCacheBehavior : {};
}

/** The origins of a behaviour in the order in which CloudFront asks them, and the statuses at which it asks the next one. */
export interface BehaviorOrigins {
  readonly origins: readonly JsonObject[];
  readonly failoverStatuses: ReadonlySet<number>;
}

/** @param targetOriginId the id of an origin or of an origin group. */
export function originsOf(config: JsonObject, targetOriginId: string): BehaviorOrigins {
  const byId = (id: string) => itemsOf(config.Origins).filter(({ Id }) => Id === id);
  const group = itemsOf(config.OriginGroups).find(({ Id }) => Id === targetOriginId);
  if (!group) return { origins: byId(targetOriginId), failoverStatuses: new Set() };
  const criteria = isJsonObject(group.FailoverCriteria) ? group.FailoverCriteria : {};
  return {
    origins: itemsOf(group.Members).flatMap(({ OriginId }) => byId(String(OriginId))),
    failoverStatuses: new Set(textsOf(criteria.StatusCodes).map(Number)),
  };
}

/** @returns the domain of the origin that the default behaviour asks first. */
export function defaultOriginDomain(config: JsonObject): string | undefined {
  const behavior = isJsonObject(config.DefaultCacheBehavior) ? config.DefaultCacheBehavior : {};
  const [first] = originsOf(config, String(behavior.TargetOriginId)).origins;
  return first && String(first.DomainName);
}
