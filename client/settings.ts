import type { AwsCredentials } from "../contracts/sign-request";
import { showValue } from "../contracts/text";

/** A value, or a function that is asked for it before each request, so that it may change. */
export type Provider<T> = T | (() => T | Promise<T>);

/** What {@link createStreamClient} takes. */
export interface StreamClientOptions {
  /** The `apiUrl` of a deployment: `https:`, or `http:` on this computer. */
  readonly url: string;
  /**
   * Signs requests by Signature Version 4. A provider of the AWS SDK fits as it is: `fromNodeProviderChain()`.
   * @default - requests are not signed
   */
  readonly credentials?: Provider<AwsCredentials>;
  /** The Region in signatures. @default - the one in the host of `url`; needed with `credentials` and a domain name of your own */
  readonly region?: string;
  /** A JSON Web Token, for a deployment with `auth.jwt`. @default - none */
  readonly token?: Provider<string>;
  /** When a try is given up, its answer included. @default 30, as long as API Gateway waits at most */
  readonly timeoutSeconds?: number;
  /** How often a request is sent at most. @default 3; 1 sends it once */
  readonly maxTries?: number;
  /** Sends requests. @default - the platform's `fetch` */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The time for signatures, in milliseconds since the Unix epoch: the clock of a local runtime, say. @default Date.now */
  readonly now?: () => number;
}

/** The options, checked, with their defaults. */
export interface ClientSettings
  extends Required<Pick<StreamClientOptions, "timeoutSeconds" | "maxTries" | "fetch" | "now">> {
  /** Where the paths of the API begin; its path has no slash at its end. */
  readonly base: URL;
  readonly auth:
    | { readonly kind: "none" }
    | { readonly kind: "jwt"; readonly token: Provider<string> }
    | { readonly kind: "iam"; readonly credentials: Provider<AwsCredentials>; readonly region: string };
}

/** @throws {TypeError} that names every option that is wrong, and no value that may be a secret. */
export function readSettings(options: StreamClientOptions): ClientSettings {
  const { credentials, token, timeoutSeconds = 30, maxTries = 3, now = Date.now } = options;
  const issues: string[] = [];
  const base = readUrl(options.url, issues);
  if (!(timeoutSeconds > 0 && timeoutSeconds <= 900)) {
    issues.push(`timeoutSeconds must be a number above 0, up to 900, received ${showValue(timeoutSeconds)}.`);
  }
  if (!(Number.isInteger(maxTries) && maxTries >= 1 && maxTries <= 10)) {
    issues.push(`maxTries must be a whole number from 1 to 10, received ${showValue(maxTries)}.`);
  }
  if (credentials !== undefined && token !== undefined) {
    issues.push("Only one of credentials and token is allowed, received both.");
  }
  const region = options.region ?? regionOf(base?.hostname ?? "");
  if (credentials !== undefined && base && region === undefined) {
    issues.push(`region is required: the host ${base.hostname} names none.`);
  }
  if (!base || issues.length > 0) throw new TypeError(issues.join(" "));
  return {
    base,
    timeoutSeconds,
    maxTries,
    now,
    // Called as a function of its own: a browser's fetch refuses any other `this`.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    auth:
      token !== undefined
        ? { kind: "jwt", token }
        : credentials !== undefined
          ? { kind: "iam", credentials, region: region ?? "" }
          : { kind: "none" },
  };
}

function readUrl(text: unknown, issues: string[]): URL | undefined {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (!url) {
    issues.push(
      `url must be the URL of the API, such as https://abc123.execute-api.eu-west-1.amazonaws.com, received ${showValue(text)}.`,
    );
    return undefined;
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal(url.hostname))) {
    const received = `${url.protocol}${url.host === "" ? "" : `//${url.host}`}`;
    issues.push(`url must begin with https://, or with http:// on this computer, received ${received}.`);
  }
  // What is not told back may hold a secret.
  if (url.username || url.password || url.search || url.hash) {
    issues.push(
      `url must have no user, password, query or fragment, received one or more of them for ${url.hostname}.`,
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

function isLocal(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\./.test(hostname)
  );
}

/** Such as `abc123.execute-api.eu-west-1.amazonaws.com`. */
function regionOf(hostname: string): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\./.exec(hostname)?.[1];
}
