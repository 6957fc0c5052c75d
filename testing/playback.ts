import type { CallGate } from "../local/calls/calls";
import { isJsonObject, type Json, type JsonObject } from "../local/json";
import type { CloudFront } from "../local/services";
import { failNext, type NextError } from "./next-error";
import type { Viewer } from "./viewer";

/** The calls of CloudFront that the runtime serves. */
export type PlaybackAction = "GetDistribution" | "GetDistributionConfig" | "UpdateDistribution";

/** A simulated distribution, as it stands. */
export interface LocalDistribution {
  readonly id: string;
  readonly etag: string;
  readonly status: "InProgress" | "Deployed";
  /** The DistributionConfig, member names as in CloudFront's API. */
  readonly config: JsonObject;
  /** The ids of its origins. */
  readonly origins: readonly string[];
  /** The path patterns of its cache behaviours, in their order. */
  readonly patterns: readonly string[];
}

/**
 * The simulated CloudFront distributions: those that the program's policies name.
 *
 * @example
 * const playlist = await local.playback.fetch("/spring-launch/index.m3u8");
 * expect(playlist.headers.get("x-cache")).to.equal("Miss from cloudfront");
 */
export class LocalPlayback {
  constructor(
    private readonly cloudFront: CloudFront,
    private readonly gate: CallGate,
    /** Asks the distributions as a viewer does. A `Host` names one of several: its id is the first part of its domain. */
    readonly fetch: Viewer,
  ) {}

  /** Every distribution, as it stands. */
  all(): Promise<LocalDistribution[]> {
    return Promise.all(this.cloudFront.distributionIds().map((id) => this.get(id)));
  }

  /** @throws {AwsError} `NoSuchDistribution` for a distribution that the program does not name. */
  async get(distributionId: string): Promise<LocalDistribution> {
    const { ETag, Distribution } = await this.cloudFront.call("GetDistribution", { Id: distributionId });
    const { Status, DistributionConfig: config } = isJsonObject(Distribution) ? Distribution : {};
    if (!isJsonObject(config)) throw new Error(`The distribution '${distributionId}' has no configuration.`);
    return {
      id: distributionId,
      etag: String(ETag),
      status: Status === "Deployed" ? "Deployed" : "InProgress",
      config,
      origins: itemsOf(config.Origins).map(({ Id }) => String(Id)),
      patterns: itemsOf(config.CacheBehaviors).map(({ PathPattern }) => String(PathPattern)),
    };
  }

  /** Replaces a distribution's configuration, as somebody else's change would: whoever has read it finds another ETag. */
  setConfig(distributionId: string, config: JsonObject): void {
    this.cloudFront.addDistribution(distributionId, config);
  }

  /** Sets how long changes take from now on until they are deployed, in milliseconds. It is 3000 at first. */
  setDelay(milliseconds: number): void {
    this.cloudFront.setDeployMilliseconds(milliseconds);
  }

  /**
   * Answers the next calls of an action with an error; they take no effect.
   * @param times how many calls. @default 1
   */
  failNext(action: PlaybackAction, error: NextError, times = 1): void {
    failNext(this.gate, "CloudFront", action, error, times);
  }
}

function itemsOf(list: Json | undefined): JsonObject[] {
  const items = isJsonObject(list) ? list.Items : undefined;
  return Array.isArray(items) ? items.filter(isJsonObject) : [];
}
