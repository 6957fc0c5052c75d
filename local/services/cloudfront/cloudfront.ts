import { randomInt } from "node:crypto";
import { isJsonObject, type JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError, type AwsService, unknownAction } from "../service";
import { checkUpdate, type DistributionQuotas } from "./cloudfront-config";
import { withDefaults } from "./cloudfront-defaults";

/** What {@link CloudFront} needs. */
export interface CloudFrontOptions {
  clock: Clock;
  accountId: string;
  /** How long a change takes to reach `Deployed`, in milliseconds. AWS takes minutes. @default 3000 */
  deployMilliseconds?: number;
  /** Called after each change of a distribution's configuration. */
  onChange?: (distributionId: string) => void;
}

interface StoredDistribution {
  readonly id: string;
  readonly etag: string;
  readonly status: "InProgress" | "Deployed";
  /** Milliseconds since the Unix epoch. */
  readonly lastModified: number;
  readonly config: JsonObject;
}

/** Simulated CloudFront: distributions whose configuration is guarded by an ETag and checked as AWS checks it. */
export class CloudFront implements AwsService {
  readonly #distributions = new Map<string, StoredDistribution>();

  readonly #quotas = new Map<string, DistributionQuotas>();
  #deployMilliseconds: number;

  constructor(private readonly options: CloudFrontOptions) {
    this.#deployMilliseconds = options.deployMilliseconds ?? 3_000;
  }

  /** Sets how long changes take from now on. */
  setDeployMilliseconds(milliseconds: number): void {
    this.#deployMilliseconds = milliseconds;
  }

  /**
   * Adds a deployed distribution; one with the same id is replaced.
   * @param config members of its DistributionConfig, API-model names; what is missing gets CloudFront's default.
   */
  addDistribution(id: string, config: JsonObject = {}): void {
    this.#distributions.set(id, {
      id,
      etag: newETag(),
      status: "Deployed",
      lastModified: this.options.clock.now(),
      config: withDefaults(structuredClone(config), id),
    });
    this.options.onChange?.(id);
  }

  /** Sets how much a distribution may hold. It holds CloudFront's own quotas at first. */
  setQuotas(id: string, quotas: DistributionQuotas): void {
    this.#quotas.set(id, quotas);
  }

  /** The ids of all distributions. */
  distributionIds(): string[] {
    return [...this.#distributions.keys()];
  }

  /** @returns a distribution's configuration, as it stands. @throws {AwsError} `NoSuchDistribution`. */
  configOf(id: string): JsonObject {
    return structuredClone(this.#find({ Id: id }).config);
  }

  async call(action: string, input: JsonObject): Promise<JsonObject> {
    switch (action) {
      case "GetDistribution": {
        const stored = this.#find(input);
        return { ETag: stored.etag, Distribution: this.#describe(stored) };
      }
      case "GetDistributionConfig": {
        const stored = this.#find(input);
        return { ETag: stored.etag, DistributionConfig: structuredClone(stored.config) };
      }
      case "UpdateDistribution": {
        const stored = this.#update(input);
        return { ETag: stored.etag, Distribution: this.#describe(stored) };
      }
      default:
        throw unknownAction("CloudFront", action);
    }
  }

  #update(input: JsonObject): StoredDistribution {
    const current = this.#find(input);
    if (typeof input.IfMatch !== "string" || input.IfMatch === "") {
      throw new AwsError(
        "InvalidIfMatchVersion",
        "The If-Match version is missing or not valid for the distribution.",
      );
    }
    if (input.IfMatch !== current.etag) {
      throw new AwsError(
        "PreconditionFailed",
        "The request failed because it didn't meet the preconditions in one or more request-header fields.",
        412,
      );
    }
    const config = input.DistributionConfig;
    if (!isJsonObject(config)) {
      throw new AwsError("MissingBody", "This operation requires a body: the DistributionConfig.");
    }
    checkUpdate(config, current.config, this.#quotas.get(current.id));
    const updated: StoredDistribution = {
      id: current.id,
      etag: newETag(),
      status: "InProgress",
      lastModified: this.options.clock.now(),
      config: withDefaults(structuredClone(config), current.id),
    };
    this.#distributions.set(updated.id, updated);
    void this.#deploy(updated);
    this.options.onChange?.(updated.id);
    return updated;
  }

  async #deploy(updated: StoredDistribution): Promise<void> {
    await this.options.clock.wait(this.#deployMilliseconds, undefined, `the deployment of ${updated.id}`);
    // A later update has its own deployment under way.
    if (this.#distributions.get(updated.id) === updated) {
      this.#distributions.set(updated.id, { ...updated, status: "Deployed" });
    }
  }

  #find(input: JsonObject): StoredDistribution {
    const stored = this.#distributions.get(String(input.Id));
    if (stored === undefined) {
      throw new AwsError(
        "NoSuchDistribution",
        `The specified distribution does not exist: ${JSON.stringify(input.Id ?? null)}.`,
        404,
      );
    }
    return stored;
  }

  #describe({ id, status, lastModified, config }: StoredDistribution): JsonObject {
    return {
      Id: id,
      ARN: `arn:aws:cloudfront::${this.options.accountId}:distribution/${id}`,
      Status: status,
      LastModifiedTime: new Date(lastModified).toISOString(),
      InProgressInvalidationBatches: 0,
      DomainName: `${id.toLowerCase()}.cloudfront.net`,
      DistributionConfig: structuredClone(config),
    };
  }
}

/** Shaped like CloudFront's own, such as `E2QWRUHAPOMQZL`. */
function newETag(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return `E${Array.from({ length: 13 }, () => letters[randomInt(letters.length)]).join("")}`;
}
