import { isJsonObject, type Json, type JsonObject } from "../../../local/json";
import type { LocalDistribution, LocalPlayback } from "../../../testing";

/**
 * What another program does to a distribution.
 *
 * @param config without the entries of streams: what the program wrote last.
 * @param actual as it is, with the entries of streams.
 */
export type Edit = (config: JsonObject, actual: JsonObject, distributionId: string) => JsonObject;

/** The distributions without the entries of streams, as the other programs left them that share them. */
export class ForeignEntries {
  private configs = new Map<string, JsonObject>();
  private learned = new Map<string, JsonObject>();

  /** @param ownPrefix what the ids of this component's origins begin with. */
  constructor(
    private readonly playback: LocalPlayback,
    private readonly ownPrefix: string,
  ) {}

  /** Takes what is there now for what others wrote. */
  async learn(): Promise<void> {
    const all = await this.playback.all();
    this.configs = new Map(all.map(({ id, config }) => [id, this.withoutStreams(config)]));
    this.learned = new Map(this.configs);
  }

  /** Takes back what was changed since. */
  async restore(): Promise<void> {
    if ([...this.configs].some(([id, config]) => config !== this.learned.get(id))) {
      await this.change((config, _actual, id) => this.learned.get(id) ?? config);
    }
  }

  /** Changes every distribution as another program would that knows nothing of streams, and leaves their entries in. */
  async change(edit: Edit): Promise<void> {
    for (const { id, config } of await this.playback.all()) {
      const before = this.configs.get(id) ?? this.withoutStreams(config);
      // A deployment has brought this distribution along.
      if (!this.learned.has(id)) this.learned.set(id, before);
      const others = edit(before, config, id);
      const streams = originsOf(config).filter((origin) => this.isOfStream(origin.Id));
      const behaviors = behaviorsOf(config).filter((behavior) => this.isOfStream(behavior.TargetOriginId));
      this.playback.setConfig(
        id,
        withEntries(others, [...originsOf(others), ...streams], [...behaviors, ...behaviorsOf(others)]),
      );
      // CloudFront fills in what a configuration leaves out.
      this.configs.set(id, this.withoutStreams((await this.playback.get(id)).config));
    }
  }

  /** Writes every distribution anew without the entries of streams, as a deployment of another program does. */
  async redeploy(): Promise<void> {
    for (const { id, config } of await this.playback.all()) {
      this.playback.setConfig(id, this.configs.get(id) ?? this.withoutStreams(config));
    }
  }

  /** @returns the ids of the distributions that are not, entries of streams aside, byte for byte what others wrote. */
  async touched(): Promise<string[]> {
    const all = await this.playback.all();
    return all.filter((one) => !this.isAsLeft(one)).map(({ id }) => id);
  }

  /** @returns the ids of the origins of streams, in every distribution. */
  async ofStreams(): Promise<string[]> {
    const all = await this.playback.all();
    return all.flatMap(({ config }) => {
      const ids = [
        ...originsOf(config).map(({ Id }) => String(Id)),
        ...behaviorsOf(config).map(({ TargetOriginId }) => String(TargetOriginId)),
      ];
      return [...new Set(ids)].filter((id) => this.isOfStream(id));
    });
  }

  private isAsLeft({ id, config }: LocalDistribution): boolean {
    const left = this.configs.get(id);
    return left === undefined || JSON.stringify(this.withoutStreams(config)) === JSON.stringify(left);
  }

  private withoutStreams(config: JsonObject): JsonObject {
    return withEntries(
      config,
      originsOf(config).filter(({ Id }) => !this.isOfStream(Id)),
      behaviorsOf(config).filter(({ TargetOriginId }) => !this.isOfStream(TargetOriginId)),
    );
  }

  private isOfStream(originId: Json | undefined): boolean {
    return String(originId).startsWith(this.ownPrefix);
  }
}

export function originsOf(config: JsonObject): JsonObject[] {
  return itemsOf(config.Origins);
}

export function behaviorsOf(config: JsonObject): JsonObject[] {
  return itemsOf(config.CacheBehaviors);
}

/** @returns the configuration with other origins and behaviours, in the form in which CloudFront gives lists. */
export function withEntries(
  config: JsonObject,
  origins: readonly JsonObject[],
  behaviors: readonly JsonObject[],
): JsonObject {
  return { ...config, Origins: listOf(origins), CacheBehaviors: listOf(behaviors) };
}

function listOf(items: readonly JsonObject[]): JsonObject {
  return { Quantity: items.length, ...(items.length > 0 && { Items: [...items] }) };
}

function itemsOf(list: Json | undefined): JsonObject[] {
  const items = isJsonObject(list) ? list.Items : undefined;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}
