/** A Cognito user pool's app client, public and with the authorization code grant. */
export interface CognitoSettings {
  /** The domain of the hosted pages, such as `https://streams.auth.us-east-1.amazoncognito.com`. */
  readonly domain: string;
  readonly clientId: string;
  /** Separated by spaces. @default "openid" */
  readonly scopes?: string;
}

/** What the page remembers until the browser's tab is closed. */
const verifierKey = "sign-in-verifier";
const stateKey = "sign-in-state";
const tokenKey = "sign-in-token";

/** Leaves for the hosted sign-in page, which comes back with a code (RFC 7636, PKCE). */
export async function beginSignIn({ domain, clientId, scopes = "openid" }: CognitoSettings): Promise<void> {
  const verifier = randomText();
  const state = randomText();
  sessionStorage.setItem(verifierKey, verifier);
  sessionStorage.setItem(stateKey, state);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    ...{ response_type: "code", client_id: clientId, redirect_uri: redirectUri(), scope: scopes, state },
    ...{ code_challenge: base64Url(new Uint8Array(digest)), code_challenge_method: "S256" },
  });
  location.assign(`${domain}/oauth2/authorize?${query.toString()}`);
}

/**
 * @returns the access token of a sign-in that has just come back, or of an earlier one in this tab that is still valid; undefined for none.
 * @throws {Error} when the sign-in failed.
 */
export async function tokenFromSignIn({ domain, clientId }: CognitoSettings): Promise<string | undefined> {
  const query = new URLSearchParams(location.search);
  const code = query.get("code");
  const problem = query.get("error_description") ?? query.get("error");
  if (code === null && problem === null) return storedToken();
  history.replaceState(null, "", redirectUri());
  const isOurs = query.get("state") === sessionStorage.getItem(stateKey);
  const verifier = sessionStorage.getItem(verifierKey);
  sessionStorage.removeItem(stateKey);
  sessionStorage.removeItem(verifierKey);
  if (problem !== null) throw new Error(`The sign-in failed: ${problem}`);
  if (!isOurs || verifier === null || code === null)
    throw new Error("The sign-in did not begin on this page. Sign in again.");
  const response = await fetch(`${domain}/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...{ grant_type: "authorization_code", client_id: clientId, code },
      ...{ code_verifier: verifier, redirect_uri: redirectUri() },
    }),
  });
  const { access_token: token } = (await response.json().catch(() => ({}))) as { access_token?: string };
  if (!response.ok || token === undefined)
    throw new Error(`The sign-in failed: ${domain} answered ${response.status}.`);
  sessionStorage.setItem(tokenKey, token);
  return token;
}

/** Forgets the token. */
export function forgetToken(): void {
  sessionStorage.removeItem(tokenKey);
}

function storedToken(): string | undefined {
  const token = sessionStorage.getItem(tokenKey) ?? undefined;
  return token !== undefined && expiryOf(token) > Date.now() ? token : undefined;
}

/** @returns when a JSON Web Token expires, in milliseconds since the Unix epoch; 0 for what is none. */
function expiryOf(token: string): number {
  try {
    const payload = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    return ((JSON.parse(payload) as { exp?: number }).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}

function redirectUri(): string {
  return `${location.origin}${location.pathname}`;
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
