import { createStreamClient, StreamApiError, type StreamApiErrorCode, type StreamClient } from "../../client";
import { UsageError } from "../cli";
import { stackOutput } from "../stack-output";
import type { Terminal } from "./terminal";

/** The options by which every operators' command takes the deployment that it is for. */
export const deploymentOptions = {
  url: { type: "string" },
  stack: { type: "string" },
  region: { type: "string" },
  token: { type: "string" },
  json: { type: "boolean" },
} as const;

export const deploymentUsage = `  --url URL          the deployment's API, its output apiUrl (or STREAM_ORCHESTRATION_URL in the environment)
  --stack NAME       the stack instead, whose output apiUrl the Pulumi CLI is asked for
  --region REGION    the Region in signatures (default: that of the URL, or of the AWS SDK)
  --token TOKEN      a JSON Web Token, for a deployment with auth.jwt (or STREAM_ORCHESTRATION_TOKEN in the environment,
                     which other users of this computer do not see)
  --json             prints JSON

Without a token, requests are signed with the credentials of the AWS SDK: environment, AWS_PROFILE, SSO, roles.`;

/** The values of {@link deploymentOptions} on a command line. */
export interface DeploymentValues {
  readonly url?: string | undefined;
  readonly stack?: string | undefined;
  readonly region?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * Makes the client for the deployment that a command line names.
 *
 * @throws {UsageError} that says what is missing or wrong.
 */
export async function clientOf(
  values: DeploymentValues,
  { env, now }: Terminal,
  usage: string,
): Promise<StreamClient> {
  if (values.url !== undefined && values.stack !== undefined) {
    throw new UsageError(`Name the deployment by either --url or --stack.\n\n${usage}`);
  }
  const url =
    values.url ??
    (values.stack !== undefined
      ? stackOutput(values.stack, "apiUrl", "--url")
      : env.STREAM_ORCHESTRATION_URL);
  if (!url) throw new UsageError(`Name the deployment by --url or --stack.\n\n${usage}`);
  const token = values.token ?? env.STREAM_ORCHESTRATION_TOKEN;
  try {
    if (token) return createStreamClient({ url, token, now });
    // The AWS SDK is loaded where it is needed.
    const { standardChain } = require("../redrive") as typeof import("../redrive");
    const { credentials, region } = standardChain();
    const signed = values.region ?? (/\.execute-api\./.test(url) ? undefined : await region());
    return createStreamClient({
      ...{ url, now, credentials: () => credentials().catch(refuseCredentials) },
      ...(signed !== undefined && { region: signed }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(
      error.message.replaceAll("region is required", "--region or AWS_REGION is required"),
    );
  }
}

function refuseCredentials(error: Error): never {
  throw new UsageError(
    `The AWS SDK has no credentials: ${error.message}. Set AWS_PROFILE, sign in (aws sso login), or give --token.`,
  );
}

/** Words an error of the API for operators, who can do something about some of them. */
export async function withHints<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    // The client refuses a value that no request can carry, such as a token of two lines.
    if (error instanceof TypeError) throw new UsageError(error.message);
    if (!(error instanceof StreamApiError)) throw error;
    const { code, message, requestId } = error;
    const id = requestId && `Request ${requestId} in the API's access log.`;
    throw new UsageError([message, hints[code], id].filter((line) => line !== undefined).join("\n"));
  }
}

/** What an operator can do about an error. */
const hints: { readonly [code in StreamApiErrorCode]?: string } = {
  Forbidden:
    "The credentials must be of the deployment's account and need the policy in its output invokePolicyJson; the Region must be its own. A token needs the scopes that the API asks for.",
  Unauthorized:
    "The token has expired, or is none of the deployment's issuer and audience. Without auth.jwt, leave --token out.",
  NoAnswer: "Check --url: it is the deployment's output apiUrl.",
  InvalidAnswer: "Check --url: it is the deployment's output apiUrl.",
};
