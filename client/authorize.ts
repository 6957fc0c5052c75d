import { type AwsCredentials, signRequest, type UnsignedRequest } from "../contracts/sign-request";
import { describeValue } from "../contracts/text";
import type { ClientSettings, Provider } from "./settings";
import { sha256 } from "./web-crypto";

/** The headers of a request, and the texts in them that no message may show. */
export interface Authorized {
  readonly headers: { readonly [name: string]: string };
  readonly secrets: readonly string[];
}

/**
 * Signs a request, or gives it its token.
 *
 * @throws {TypeError} for credentials or a token that no header can carry; what a provider throws.
 */
export async function authorize(
  request: UnsignedRequest,
  { auth, now }: ClientSettings,
): Promise<Authorized> {
  if (auth.kind === "none") return { headers: request.headers, secrets: [] };
  if (auth.kind === "jwt") {
    const token = headerValue("token", await provide(auth.token));
    return { headers: { ...request.headers, authorization: `Bearer ${token}` }, secrets: [token] };
  }
  const credentials = checkCredentials(await provide(auth.credentials));
  const scope = { service: "execute-api", region: auth.region };
  const { host: _sentByFetch, ...headers } = await signRequest(
    request,
    credentials,
    scope,
    new Date(now()),
    sha256,
  );
  const { secretAccessKey, sessionToken = "" } = credentials;
  return { headers, secrets: [secretAccessKey, sessionToken, headers.authorization ?? ""] };
}

async function provide<T>(provider: Provider<T>): Promise<T> {
  return typeof provider === "function" ? (provider as () => T | Promise<T>)() : provider;
}

function checkCredentials(credentials: AwsCredentials): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  return {
    accessKeyId: headerValue("credentials.accessKeyId", accessKeyId),
    secretAccessKey: headerValue("credentials.secretAccessKey", secretAccessKey),
    ...(sessionToken && { sessionToken: headerValue("credentials.sessionToken", sessionToken) }),
  };
}

/** `fetch` repeats a header value that it refuses in its error, so that such a value must not get there. */
function headerValue(name: string, value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]+$/.test(value)) return value;
  const received =
    typeof value === "string"
      ? value === ""
        ? "an empty one"
        : "one with other characters"
      : describeValue(value);
  throw new TypeError(`${name} must be a text of visible ASCII characters, received ${received}.`);
}
