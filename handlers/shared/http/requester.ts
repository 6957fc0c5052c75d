import type { Requester } from "../../../contracts/internal";
import type { HttpEvent } from "./http";

/** An item keeps it: as long as the longest ARN of a role's session. */
const maxLength = 256;

/**
 * Reads who sent a request, as API Gateway has authenticated it: the ARN of an IAM user or of a role's session; of a token its subject, or the client
 * where it has none.
 *
 * @returns the principal and the request's id, as far as they are known. A direct call has neither.
 */
export function readRequester(event: HttpEvent): Requester {
  const { requestContext } = (event as { requestContext?: unknown } | null) ?? {};
  const { authorizer, identity, requestId } = membersOf(requestContext);
  const { iam, jwt } = membersOf(authorizer);
  const { sub, client_id: clientId } = membersOf(membersOf(jwt).claims);
  const principal = [membersOf(iam).userArn, sub, clientId, membersOf(identity).userArn].find(isText);
  return {
    ...(isText(principal) && { principal: shorten(principal) }),
    ...(isText(requestId) && { requestId: shorten(requestId) }),
  };
}

function membersOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { [name: string]: unknown }) : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function shorten(text: string): string {
  return [...text.toWellFormed()].slice(0, maxLength).join("");
}
