import { type AwsCredentials, signRequest } from "../../../contracts/sign-request";
import { endpointOf } from "./endpoint";
import { type AwsAnswer, post, type Timeouts } from "./http";
import { type AwsError, clockSkewOf, isRetried, maxTries, waitBefore } from "./retries";
import { sha256 } from "./sha256";

/** One call of an AWS API. */
export interface Command<Input extends object, Output> {
  /** The action's name in the API, such as `PutItem`. */
  readonly action: string;
  readonly input: Input;
  /** Only in the types: what the call answers. */
  readonly output?: Output;
}

/** @returns the class of a call, as the AWS SDK has one for each: `new PutItemCommand({ … })`. */
export function commandOf<Input extends object, Output>(action: string) {
  return class implements Command<Input, Output> {
    readonly action = action;
    declare readonly output?: Output;

    constructor(readonly input: Input) {}
  };
}

/** How a service is spoken to. */
export interface AwsProtocol {
  /** The first part of the service's host. */
  readonly host: string;
  /** The service's name in signatures. */
  readonly signingName: string;
  write(
    action: string,
    input: object,
  ): { readonly headers: { readonly [name: string]: string }; readonly body: string };
  /** Reads the body of an answer that is no error. */
  read(body: string): object;
  readError(answer: AwsAnswer): ErrorAnswer;
}

/** What AWS says of an error: its code, its message, and what else the error has. */
export interface ErrorAnswer {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly members?: object;
}

/** Where a client finds AWS. Each default is read from Lambda's environment at each call, since credentials change. */
export interface AwsClientSettings {
  /** @default - the service's in the Region, or `AWS_ENDPOINT_URL` */
  readonly endpoint?: string;
  /** @default - `AWS_REGION` */
  readonly region?: string;
  /** @default - those that Lambda gives to the function's role */
  readonly credentials?: AwsCredentials;
  readonly timeouts?: Timeouts;
}

export interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * Calls one AWS service: signs, retries, gives up. It stands in for the AWS SDK's client of the service, whose loading takes most of a cold
 * start (`docs/architecture.md`).
 */
export class AwsClient {
  /**
   * Makes a call.
   *
   * @returns what AWS answers, with the members that the SDK's command has.
   * @throws {Error} named by AWS's error code, such as `ConditionalCheckFailedException`; of the last of up to three tries.
   */
  readonly send: <Input extends object, Output>(
    command: Command<Input, Output>,
    options?: CallOptions,
  ) => Promise<Output>;

  constructor(protocol: AwsProtocol, settings: AwsClientSettings) {
    /** How far AWS's clock is ahead of this one, in milliseconds. */
    let skew = 0;
    this.send = async <Input extends object, Output>(
      command: Command<Input, Output>,
      { abortSignal }: CallOptions = {},
    ) => {
      for (let tries = 1; ; tries++) {
        try {
          const at = new Date(Date.now() + skew);
          return (await callOnce(protocol, settings, command, at, abortSignal)) as Output;
        } catch (error) {
          abortSignal?.throwIfAborted();
          const failure = error as AwsError;
          const newSkew = clockSkewOf(failure, Date.now());
          const isCorrected = newSkew !== undefined && Math.abs(newSkew - skew) > 1_000;
          if (isCorrected) skew = newSkew;
          if (tries >= maxTries || !(isCorrected || isRetried(failure))) throw failure;
          const milliseconds = waitBefore(tries, failure);
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
        }
      }
    };
  }
}

async function callOnce(
  protocol: AwsProtocol,
  settings: AwsClientSettings,
  { action, input }: Command<object, unknown>,
  at: Date,
  signal?: AbortSignal,
): Promise<object> {
  const region = settings.region ?? String(process.env.AWS_REGION);
  const endpoint = new URL(settings.endpoint ?? endpointOf(protocol.host, region));
  const request = { host: endpoint.host, path: "/", ...protocol.write(action, input) };
  const scope = { service: protocol.signingName, region };
  const credentials = settings.credentials ?? credentialsOfLambda();
  const signed = await signRequest(request, credentials, scope, at, sha256);
  const answer = await post(endpoint, request, { ...signed, ...traceHeaders() }, settings.timeouts, signal);
  if (answer.status < 300) return protocol.read(answer.body);
  const { code, message, members } = protocol.readError(answer);
  throw Object.assign(new Error(message ?? `AWS answered ${action} with status ${answer.status}.`), members, {
    name: code ?? "UnknownError",
    status: answer.status,
    date: String(answer.headers.date),
  });
}

/** By this header AWS joins the call to the invocation's trace, and notices functions that call themselves in a circle. It is not signed. */
function traceHeaders(): { readonly [name: string]: string } {
  const { _X_AMZN_TRACE_ID: trace } = process.env;
  return trace ? { "x-amzn-trace-id": trace } : {};
}

function credentialsOfLambda(): AwsCredentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new Error(
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set. Lambda sets them for its functions.",
    );
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}
