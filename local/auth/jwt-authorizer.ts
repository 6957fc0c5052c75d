import { verify } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../json";
import type { Clock } from "../time/clock";
import type { Authorizer, Refusal } from "./authorizer";
import type { IssuerKeys } from "./jwks";

export interface JwtAuthorizerOptions {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** A token has to have one of these, where there are any. */
  readonly scopes: readonly string[];
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

/** HTTP APIs take tokens signed with RSA only. */
const digests: { readonly [alg: string]: string } = {
  RS256: "RSA-SHA256",
  RS384: "RSA-SHA384",
  RS512: "RSA-SHA512",
};

/**
 * Checks a bearer token, as a route with JWT authorization does.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function jwtAuthorizer(options: JwtAuthorizerOptions): Authorizer {
  return async ({ headers }) => {
    const token = /^(?:Bearer\s+)?(\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (token === undefined) return unauthorized("The request has no bearer token.");
    const problem = await findProblem(token, options);
    if (problem) return unauthorized(problem, "invalid_token");
    const claims = decode(token.split(".")[1]) ?? {};
    const jwt = { claims: asTexts(claims), scopes: null };
    if (options.scopes.length === 0) return { authorizer: { jwt } };
    const scopes = scopesOf(claims);
    return scopes.some((scope) => options.scopes.includes(scope))
      ? { authorizer: { jwt: { ...jwt, scopes } } }
      : insufficientScope(options.scopes);
  };
}

/** Issuers write scopes into `scope`, separated by spaces, or into `scp`, as a list. */
function scopesOf({ scope, scp }: JsonObject): string[] {
  return [scope ?? scp ?? []].flat().flatMap((value) => (typeof value === "string" ? value.split(" ") : []));
}

/** RFC 6750: a token that is right, of somebody who may not do this. */
function insufficientScope(scopes: readonly string[]): Refusal {
  return {
    status: 403,
    message: "Forbidden",
    headers: { "www-authenticate": `Bearer scope="${scopes.join(" ")}" error="insufficient_scope"` },
    reason: `The token has none of the scopes ${scopes.join(", ")}.`,
  };
}

async function findProblem(
  token: string,
  { issuer, audiences, keys, clock }: JwtAuthorizerOptions,
): Promise<string | undefined> {
  const [head = "", payload = "", signature = "", ...more] = token.split(".");
  const header = decode(head);
  const claims = decode(payload);
  if (!header || !claims || more.length > 0) return "the token is malformed";
  const alg = textOf(header.alg);
  const digest = Object.hasOwn(digests, alg) ? digests[alg] : undefined;
  if (!digest) return `signing method ${alg} is invalid`;
  let key: Awaited<ReturnType<IssuerKeys["find"]>>;
  try {
    key = await keys.find(textOf(header.kid));
  } catch (error) {
    return `the issuer's keys could not be read: ${(error as Error).message}`;
  }
  if (!key) return "the token has an unknown key id";
  if (!verify(digest, Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"))) {
    return "the token's signature is invalid";
  }
  if (claims.iss !== issuer) return "the token has an unexpected issuer";
  // API Gateway looks at client_id only where there is no aud.
  const audience = [claims.aud ?? claims.client_id ?? []].flat();
  if (!audience.some((one) => typeof one === "string" && audiences.includes(one)))
    return "the token has an unexpected audience";
  const now = clock.now() / 1000;
  if (typeof claims.exp !== "number" || claims.exp <= now) return "the token has expired";
  if (isLater(claims.nbf, now)) return "the token is not valid yet";
  if (isLater(claims.iat, now)) return "the token was issued in the future";
  return undefined;
}

function isLater(time: Json | undefined, now: number): boolean {
  return time !== undefined && !(typeof time === "number" && time <= now);
}

function decode(part: string | undefined): JsonObject | undefined {
  try {
    const value = JSON.parse(Buffer.from(part ?? "", "base64url").toString()) as unknown;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The function gets every claim as text, lists in brackets. */
function asTexts(claims: JsonObject): JsonObject {
  const text = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(text).join(" ")}]`;
    return textOf(value);
  };
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)]));
}

/** A token may hold anything, such as an object whose `toString` is no function. */
function textOf(value: Json | undefined): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** RFC 6750 allows visible ASCII characters in `error_description`, without quotation mark and backslash. */
function asDescription(reason: string): string {
  const text = reason.replaceAll('"', "'").replaceAll("\\", "/");
  return text
    .replace(
      /[^ -~]/gu,
      (other) => `<U+${(other.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`,
    )
    .slice(0, 200);
}

function unauthorized(reason: string, error?: string): Refusal {
  const details = error === undefined ? "" : ` error="${error}" error_description="${asDescription(reason)}"`;
  return {
    status: 401,
    message: "Unauthorized",
    headers: { "www-authenticate": `Bearer${details}` },
    reason,
  };
}
