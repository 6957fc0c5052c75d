import type { JsonObject } from "../json";
import type { SignedParts } from "./signature";

/** What an authorizer of an HTTP API found: what it tells the function, or why the gateway refuses the request. */
export type Verdict = { readonly authorizer: JsonObject } | Refusal;

export interface Refusal {
  readonly status: 401 | 403;
  readonly message: "Unauthorized" | "Forbidden";
  readonly headers?: { readonly [name: string]: string };
  /** What was wrong. The caller does not learn it, as on AWS; the access log does. */
  readonly reason: string;
}

export interface AuthorizedRequest extends SignedParts {
  /** The path by which the route was chosen, decoded once. */
  readonly routedPath: string;
}

/** Decides whether a request may pass to the function of its route. */
export type Authorizer = (request: AuthorizedRequest) => Promise<Verdict>;

/** The kinds of authorization that routes ask for. */
export const apiAuthorizations = ["AWS_IAM", "JWT", "NONE"] as const;
export type ApiAuthorization = (typeof apiAuthorizations)[number];

/** HTTP APIs word every refusal of IAM the same. */
export function forbidden(reason: string): Refusal {
  return { status: 403, message: "Forbidden", reason };
}
