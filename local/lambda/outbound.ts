import type { Exchange } from "../http/exchange";
import type { Receivers } from "../http/receivers";
import { hostsOfUrl, isAwsHost } from "./aws-hosts";
import type { ChildProxy } from "./child-proxy";

/** The AWS endpoint of this process, which functions reach without a socket. */
export interface AwsEndpoint {
  /** Its base URL, such as `http://127.0.0.1:8788`. */
  readonly url: string;
  readonly exchange: Exchange;
  /** The services that it serves, by the names that requests are signed for, such as `states`. */
  readonly signingNames: ReadonlySet<string>;
}

/** The distributions of this process, which functions reach without a socket, as any viewer does. */
export interface ViewerEndpoint {
  readonly exchange: Exchange;
  /** @param host name of a host, with or without a port. */
  readonly serves: (host: string) => boolean;
}

/** Decides where a function's calls go: calls to AWS never leave the machine. */
export class Outbound {
  /**
   * @param accessKeyId the function's own, by which the runtime knows the caller.
   * @param childProxy what the processes that the function starts have for a proxy.
   */
  constructor(
    readonly functionName: string,
    private readonly accessKeyId: string,
    readonly childProxy: ChildProxy,
    readonly endpoint: AwsEndpoint | undefined,
    private readonly viewers?: ViewerEndpoint | undefined,
    private readonly receivers?: Receivers | undefined,
  ) {}

  /** @returns the way to a distribution of this process, or to a host that somebody plays in it; nothing for another host. */
  viewer(host: string): Pick<Exchange, "send"> | undefined {
    if (this.receivers?.serves(host)) return this.receivers;
    return this.viewers?.serves(host) ? this.viewers.exchange : undefined;
  }

  /**
   * @param host name and port, without the protocol's default port.
   * @param authorization the request's header.
   * @returns the AWS endpoint of this process for a call to AWS, and nothing for a call that goes out.
   * @throws {CallRefused} for a call to AWS that the runtime does not serve.
   */
  route(host: string, authorization: string | undefined): AwsEndpoint | undefined {
    if (this.isRuntime(host)) return this.endpoint;
    if (!isAwsHost(host)) return undefined;
    // Credential=KEY/DATE/REGION/SERVICE/aws4_request; Signature Version 4A leaves the Region out.
    const service = /\bCredential=[^,\s]*\/([^/,\s]+)\/aws4_request/.exec(authorization ?? "")?.[1];
    if (this.endpoint === undefined || service === undefined || !this.endpoint.signingNames.has(service)) {
      throw new CallRefused(this.functionName, host);
    }
    return this.endpoint;
  }

  /** Refuses a connection to AWS, however it is made. */
  check(host: string): CallRefused | undefined {
    return !this.isRuntime(host) && isAwsHost(host) ? new CallRefused(this.functionName, host) : undefined;
  }

  /**
   * Puts the function's own identity into the headers of a call to the runtime, whatever credentials it was signed with.
   *
   * @param traceId of the invocation, for a client that does not send it itself.
   */
  identify(
    {
      authorization = "AWS4-HMAC-SHA256 Credential=none/none",
      ...headers
    }: { readonly [name: string]: string },
    traceId: string | undefined,
  ): { [name: string]: string } {
    return {
      ...(traceId !== undefined && { "x-amzn-trace-id": traceId }),
      ...headers,
      authorization: authorization.replace(/\bCredential=[^/,\s]*/, `Credential=${this.accessKeyId}`),
    };
  }

  private isRuntime(host: string): boolean {
    return this.endpoint !== undefined && hostsOfUrl(this.endpoint.url).includes(host);
  }
}

/** A call to AWS that the runtime does not serve. SDKs do not repeat an error with this code. */
export class CallRefused extends Error {
  readonly code = "ERR_AWS_CALL_REFUSED";

  constructor(functionName: string, host: string) {
    super(
      `The function ${functionName} called ${host}. The local runtime does not serve this, and lets no call of a function out to AWS.`,
    );
    this.name = "CallRefused";
  }
}
