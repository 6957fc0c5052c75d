import { createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { isJsonObject, type Json } from "../json";
import type { Clock } from "../time/clock";

/** API Gateway keeps an issuer's keys for two hours. */
const keptMilliseconds = 2 * 3600 * 1000;
/** It waits no longer for an issuer's answer. */
const maxAnswerMilliseconds = 1500;

/** The public keys of an issuer of tokens, as it publishes them. */
export class IssuerKeys {
  private kept: { readonly until: number; readonly keys: Promise<Map<string, KeyObject>> } | undefined;

  /** @param baseUrl where the issuer's `/.well-known/openid-configuration` is. */
  constructor(
    private readonly baseUrl: string,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the key of an id; undefined where the issuer has none.
   * @throws {Error} when the issuer cannot be asked.
   */
  async find(keyId: string): Promise<KeyObject | undefined> {
    if (!this.kept || this.kept.until <= this.clock.now()) {
      const keys = this.read();
      this.kept = { until: this.clock.now() + keptMilliseconds, keys };
      // What failed is asked for again the next time.
      keys.catch(() => {
        this.kept = undefined;
      });
    }
    return (await this.kept.keys).get(keyId);
  }

  private async read(): Promise<Map<string, KeyObject>> {
    const url = `${this.baseUrl.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const configuration = await getJson(url);
    const jwksUri = isJsonObject(configuration) ? configuration.jwks_uri : undefined;
    if (typeof jwksUri !== "string") throw new Error(`${url} must name a jwks_uri.`);
    const set = await getJson(jwksUri);
    const keys = isJsonObject(set) && Array.isArray(set.keys) ? set.keys.filter(isJsonObject) : [];
    return new Map(
      keys
        .filter(({ kty }) => kty === "RSA")
        .map((key) => [String(key.kid), createPublicKey({ key: key as JsonWebKey, format: "jwk" })]),
    );
  }
}

async function getJson(url: string): Promise<Json> {
  const response = await fetch(url, { signal: AbortSignal.timeout(maxAnswerMilliseconds) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return (await response.json()) as Json;
}
