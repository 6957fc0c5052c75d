import { timingSafeEqual } from "node:crypto";
import type { Caller } from "../calls/caller";
import type { JsonObject } from "../json";
import type { Clock } from "../time/clock";
import { type Authorizer, forbidden } from "./authorizer";
import { algorithm, type SignedParts, sha256, signatureOf } from "./signature";

/** Credentials of the account, and whose they are. */
export interface KnownCredentials {
  readonly secretAccessKey: string;
  /** Temporary credentials have one. */
  readonly sessionToken?: string | undefined;
  readonly caller: Caller;
}

export interface IamAuthorizerOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: (accessKeyId: string) => KnownCredentials | undefined;
  /** Whether a caller may invoke `execute-api:Invoke` on a method and a path: the request's own, not the route's. */
  readonly mayInvoke: (caller: Caller, method: string, path: string) => boolean;
}

/** How far a signature's time may be from now. */
const maxSkewMilliseconds = 5 * 60_000;

/** Checks Signature Version 4, as a route with AWS_IAM authorization does. */
export function iamAuthorizer(options: IamAuthorizerOptions): Authorizer {
  return async (request) => {
    const signed = readAuthorization(request.headers.authorization);
    if (typeof signed === "string") return forbidden(signed);
    const known = options.credentials(signed.accessKeyId);
    if (!known) return forbidden(`The access key ${signed.accessKeyId} is not known.`);
    const problem = findProblem(request, signed, known, options);
    if (problem) return forbidden(problem);
    if (!options.mayInvoke(known.caller, request.method, request.routedPath)) {
      return forbidden(`${known.caller.name} is not authorized to perform: execute-api:Invoke.`);
    }
    return { authorizer: describe(signed.accessKeyId, known.caller, options.accountId) };
  };
}

interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

function readAuthorization(header: string | undefined): Authorization | string {
  if (header === undefined) return "The request is not signed: it has no Authorization header.";
  const [, scheme, rest = ""] = /^(\S+)\s+(.*)$/.exec(header) ?? [];
  if (scheme !== algorithm) return `The Authorization header must begin with ${algorithm}.`;
  const parts = new Map(
    rest
      .split(",")
      .map((part) => [part.slice(0, part.indexOf("=")).trim(), part.slice(part.indexOf("=") + 1).trim()]),
  );
  const [accessKeyId, date, ...scope] = (parts.get("Credential") ?? "").split("/");
  const signedHeaders = parts.get("SignedHeaders");
  const signature = parts.get("Signature");
  if (!accessKeyId || !date || !signedHeaders || !signature) {
    return "The Authorization header must have Credential, SignedHeaders and Signature.";
  }
  return { accessKeyId, date, scope: scope.join("/"), signedHeaders: signedHeaders.split(";"), signature };
}

function findProblem(
  request: SignedParts,
  { date, scope, signedHeaders, signature }: Authorization,
  { secretAccessKey, sessionToken }: KnownCredentials,
  { clock, region }: IamAuthorizerOptions,
): string | undefined {
  const { headers } = request;
  const expectedScope = `${region}/execute-api/aws4_request`;
  if (scope !== expectedScope) return `The credential must be scoped to ${expectedScope}, received ${scope}.`;
  const time = headers["x-amz-date"] ?? "";
  const signedAt = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt) || !time.startsWith(date))
    return "The x-amz-date header must be the time of the signature.";
  if (Math.abs(signedAt - clock.now()) > maxSkewMilliseconds)
    return `The signature of ${time} has expired, or is not yet current.`;
  const unsigned = Object.keys(headers).find(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return `The header ${unsigned} must be signed.`;
  if (headers["x-amz-security-token"] !== sessionToken)
    return "The security token included in the request is invalid.";
  const hash = headers["x-amz-content-sha256"];
  if (hash !== undefined && hash !== sha256(request.body)) return "The body is not the one that was signed.";
  const expected = signatureOf(
    request,
    { region, service: "execute-api" },
    time,
    signedHeaders,
    secretAccessKey,
  );
  if (!isSame(signature, expected)) {
    const problem = "The request signature we calculated does not match the signature you provided.";
    return isSorted(request.search)
      ? problem
      : `${problem} Signature Version 4 wants the query in alphabetical order, and some versions of curl sign it as it stands.`;
  }
  return undefined;
}

function isSorted(search: string): boolean {
  const names = [...new URLSearchParams(search).keys()];
  return names.every((name, at) => at === 0 || (names[at - 1] ?? "") <= name);
}

function isSame(received: string, expected: string): boolean {
  const [left, right] = [Buffer.from(received), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** What the gateway tells the function, in a payload of format 2.0. */
function describe(accessKey: string, { name, roleArn }: Caller, accountId: string): JsonObject {
  const role = roleArn?.split("/").at(-1);
  const userArn =
    role === undefined
      ? `arn:aws:iam::${accountId}:user/${name}`
      : `arn:aws:sts::${accountId}:assumed-role/${role}/${name}`;
  const userId = role === undefined ? name : `${role}:${name}`;
  return {
    iam: {
      accessKey,
      accountId,
      callerId: userId,
      cognitoIdentity: null,
      principalOrgId: null,
      userArn,
      userId,
    },
  };
}
