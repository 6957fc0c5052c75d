import type { Receivers } from "../../http/receivers";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import type { Clock } from "../../time/clock";
import { AwsError } from "../service";
import { PermanentDeliveryError } from "./event-delivery";
import { RetriableAnswer } from "./retry-after";

/** How requests to an API destination authenticate themselves; what else a connection adds to them. */
export type ConnectionSpec = {
  readonly body: { readonly [name: string]: string };
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
} & (
  | { readonly type: "API_KEY"; readonly header: string; readonly value: string }
  | { readonly type: "BASIC"; readonly username: string; readonly password: string }
  | {
      readonly type: "OAUTH_CLIENT_CREDENTIALS";
      readonly endpoint: string;
      readonly method: string;
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tokenBody: { readonly [name: string]: string };
    }
);

export interface ApiDestinationSpec {
  readonly arn: string;
  readonly url: string;
  readonly method: string;
  readonly maxPerSecond: number;
  readonly connection: ConnectionSpec;
}

/** Source: EventBridge user guide, "API destinations", error codes: any other code that is no success is given up at once. */
const retriableStatus = (status: number) => [401, 407, 409, 429].includes(status) || status >= 500;

/**
 * API destinations: HTTPS endpoints that rules call. Here they reach the receivers of this process alone. EventBridge waits five seconds for an answer; a receiver that
 * never answers is not simulated.
 */
export class ApiDestinations {
  private readonly byArn = new Map<string, ApiDestinationSpec>();
  /** When each may be called next, in milliseconds. */
  private readonly free = new Map<string, number>();
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly options: {
      readonly clock: Clock;
      readonly receivers: Receivers;
      readonly signal: AbortSignal;
    },
  ) {}

  create(spec: ApiDestinationSpec): void {
    this.byArn.set(spec.arn, spec);
  }

  /**
   * Calls an endpoint, as often a second as it wants to be called at most.
   *
   * @throws {PermanentDeliveryError} for a refusal; any other error is worth another attempt.
   */
  async invoke(arn: string, payload: Json): Promise<void> {
    const spec = this.byArn.get(arn);
    if (!spec) throw new AwsError("ResourceNotFoundException", `The API destination ${arn} does not exist.`);
    await this.takeTurn(spec);
    const { connection } = spec;
    const authorization = await this.authorize(spec);
    const url = new URL(spec.url);
    for (const [name, value] of Object.entries(connection.query)) url.searchParams.set(name, value);
    const { status, headers } = await this.options.receivers.send({
      method: spec.method,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...{ host: url.host, "content-type": "application/json; charset=utf-8" },
        "user-agent": "Amazon/EventBridge/ApiDestinations",
        ...lowerCase(connection.headers),
        ...lowerCase(authorization),
      },
      body: JSON.stringify(isJsonObject(payload) ? { ...payload, ...connection.body } : payload),
    });
    if (status >= 200 && status < 300) return;
    // A token may have expired, or have been taken back.
    if (status === 401 || status === 407) this.tokens.delete(arn);
    const message = `Unable to invoke ApiDestination endpoint: API destination endpoint cannot be reached or answered with status ${status}.`;
    if (!retriableStatus(status)) throw new PermanentDeliveryError("SDK_CLIENT_ERROR", message);
    throw new RetriableAnswer(message, (Number(headers["retry-after"]) || 0) * 1000);
  }

  private async takeTurn({ arn, maxPerSecond }: ApiDestinationSpec): Promise<void> {
    const { clock, signal } = this.options;
    const turn = Math.max(clock.now(), this.free.get(arn) ?? 0);
    this.free.set(arn, turn + 1000 / maxPerSecond);
    if (turn > clock.now())
      await clock.wait(turn - clock.now(), signal, "the rate limit of an API destination");
  }

  private async authorize({ arn, connection }: ApiDestinationSpec): Promise<{ [name: string]: string }> {
    if (connection.type === "API_KEY") return { [connection.header]: connection.value };
    if (connection.type === "BASIC") {
      const pair = Buffer.from(`${connection.username}:${connection.password}`).toString("base64");
      return { authorization: `Basic ${pair}` };
    }
    const token = this.tokens.get(arn) ?? (await this.fetchToken(connection));
    this.tokens.set(arn, token);
    return { authorization: `Bearer ${token}` };
  }

  private async fetchToken(
    connection: ConnectionSpec & { type: "OAUTH_CLIENT_CREDENTIALS" },
  ): Promise<string> {
    const { endpoint, method, clientId, clientSecret, tokenBody } = connection;
    const url = new URL(endpoint);
    const pair = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    const { status, body } = await this.options.receivers.send({
      ...{ method, path: `${url.pathname}${url.search}` },
      headers: {
        ...{ host: url.host, authorization: `Basic ${pair}` },
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(tokenBody).toString(),
    });
    const { access_token: token } = JSON.parse(body.toString("utf8") || "{}") as JsonObject;
    if (status !== 200 || typeof token !== "string") {
      throw new Error(`The connection got no token: ${url.host} answered with status ${status}.`);
    }
    return token;
  }
}

function lowerCase(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** @returns whether an ARN names an API destination. */
export function isApiDestinationArn(arn: string): boolean {
  return /^arn:[^:]+:events:[^:]*:[^:]*:api-destination\//.test(arn);
}
