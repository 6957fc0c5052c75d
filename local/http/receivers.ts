import type { ExchangeRequest, ExchangeResponse } from "./exchange";

/** A request as a receiver of webhooks gets it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  /** By lower-case name. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** What a receiver answers. @default `headers` none, `body` empty */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

export type Receiver = (request: ReceivedRequest) => ReceiverAnswer | Promise<ReceiverAnswer>;

/** The hosts outside of AWS that the program calls and that somebody plays in this process: receivers of webhooks, issuers of tokens. */
export class Receivers {
  private readonly byHost = new Map<string, Receiver>();

  /** @param host name of the host, with a port where that is not the protocol's own. */
  set(host: string, receiver: Receiver): void {
    this.byHost.set(host, receiver);
  }

  serves(host: string): boolean {
    return this.byHost.has(host);
  }

  /**
   * Sends a request to the receiver of its `host` header.
   *
   * @throws {Error} where there is none, or the receiver throws: the connection breaks.
   */
  async send({ method, path, headers, body = "" }: ExchangeRequest): Promise<ExchangeResponse> {
    const host = headers.host ?? "";
    const receiver = this.byHost.get(host);
    if (!receiver) {
      throw new Error(
        `The local runtime calls no host outside, and nobody plays ${host}: set a receiver for it.`,
      );
    }
    const answer = await receiver({
      ...{ method, headers, url: `https://${host}${path}` },
      body: typeof body === "string" ? body : Buffer.from(body).toString("utf8"),
    });
    return { status: answer.status, headers: { ...answer.headers }, body: Buffer.from(answer.body ?? "") };
  }
}
