import { randomUUID } from "node:crypto";
import { devNull } from "node:os";
import { Writable } from "node:stream";
import type { Json } from "../json";
import { workingClock } from "../time/clock";
import type { ChildProxy } from "./child-proxy";
import { guardConnections } from "./connection-guard";
import { guardEnvironment } from "./environment-guard";
import { FunctionModules } from "./function-modules";
import { type FunctionSurroundings, fileOrNetworkAccess, functionScope } from "./function-scope";
import { currentInvocation, type Invocation, Invocations, runAs, runOutside } from "./invocations";
import { Outbound } from "./outbound";

/** A Lambda function as the program declared it. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** The JavaScript of the handler's file, and where it stands: modules are resolved from there. */
  readonly code: () => { readonly source: string; readonly file: string };
  /** File and export, such as `index.handler`. */
  readonly handler: string;
  readonly roleArn: string;
  readonly environment: { readonly [variable: string]: string };
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logGroupName: string;
}

/** What an invocation came to: the handler's result, or the error as Lambda reports it. */
export type InvocationResult = { readonly payload: Json } | { readonly error: FunctionError };

/** The body that Lambda answers with when a handler fails. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** An invocation that ended. */
export interface InvocationLine {
  readonly functionName: string;
  readonly requestId: string;
  /** By this process's own clock: what computes takes its real time. */
  readonly milliseconds: number;
  readonly error?: FunctionError;
}

type Handler = (event: Json, context: object) => unknown;

/**
 * Runs a function's deployed bundle in this process: with the environment, working folder and context that Lambda
 * gives, its own `process.env` and its own output. The bundle is loaded at the first invocation, as in a cold start, and
 * kept for the next.
 */
export class LambdaFunction {
  private handler: Handler | undefined;
  private processEnvironment: NodeJS.ProcessEnv | undefined;
  private readonly onLog: (line: string) => void;
  private readonly outbound: Outbound;

  /**
   * @param childProxy what the processes that it starts have for a proxy.
   * @param onLog takes each line that the function writes.
   * @param invocations where a running invocation is found by its id, to be killed.
   * @param onInvocation told of every invocation's end.
   */
  constructor(
    readonly settings: FunctionSettings,
    private readonly surroundings: FunctionSurroundings,
    childProxy: ChildProxy,
    onLog: (line: string) => void,
    private readonly invocations = new Invocations(),
    private readonly onInvocation: (line: InvocationLine) => void = () => undefined,
  ) {
    this.onLog = (line) => {
      if (!currentInvocation()?.isKilled) runOutside(() => onLog(line));
    };
    const { name, environment } = settings;
    this.outbound = new Outbound(
      name,
      environment.AWS_ACCESS_KEY_ID ?? "",
      childProxy,
      surroundings.endpoint,
      surroundings.viewers,
      surroundings.receivers,
    );
  }

  /**
   * Invokes the function and waits for its end, or for its timeout.
   *
   * @param event any JSON; the function gets a copy.
   * @param requestId the invocation's id; the retries of an event share one.
   */
  async invoke(event: Json, requestId: string = randomUUID()): Promise<InvocationResult> {
    const started = performance.now();
    const result = await this.perform(event, requestId);
    this.onInvocation({
      functionName: this.settings.name,
      requestId,
      milliseconds: Math.round(performance.now() - started),
      ...("error" in result && { error: result.error }),
    });
    return result;
  }

  private async perform(event: Json, requestId: string): Promise<InvocationResult> {
    const deadline = workingClock(this.surroundings.clock).now() + this.settings.timeoutSeconds * 1000;
    const over = new AbortController();
    const invocation = this.invocations.begin(requestId, this.outbound);
    const unwatch = this.surroundings.activity?.watch(fileOrNetworkAccess);
    try {
      const run = async () => {
        invocation.environment = this.processEnvironment;
        this.handler ??= this.load(invocation);
        return this.handler(structuredClone(event), this.createContext(requestId, deadline));
      };
      const result = await Promise.race([
        runAs(invocation, run),
        this.timeOut(requestId, over.signal),
        invocation.death,
      ]);
      // What a handler returns crosses the wire as JSON; undefined arrives as null.
      return { payload: JSON.parse(JSON.stringify(result ?? null)) as Json };
    } catch (error) {
      const functionError = toFunctionError(error);
      // Lambda itself logs what a handler throws.
      this.onLog(JSON.stringify({ level: "ERROR", message: "Invoke Error", requestId, ...functionError }));
      return { error: functionError };
    } finally {
      over.abort(new Error("The invocation is over."));
      unwatch?.();
      this.invocations.end(invocation);
      // The next invocation finds no environment left, and starts cold.
      if (invocation.isKilled) this.handler = undefined;
    }
  }

  private async timeOut(requestId: string, signal: AbortSignal): Promise<never> {
    const { timeoutSeconds } = this.settings;
    const what = `the timeout of the function ${this.settings.name}`;
    await workingClock(this.surroundings.clock).wait(timeoutSeconds * 1000, signal, what);
    throw Object.assign(
      new Error(`RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`),
      { name: "Sandbox.Timedout" },
    );
  }

  private load(invocation: Invocation): Handler {
    guardConnections();
    guardEnvironment();
    const { source, file } = this.settings.code();
    const ownProcess = this.createProcess();
    this.processEnvironment = invocation.environment = ownProcess.env;
    const scope = functionScope(this.surroundings, this.outbound, ownProcess, this.onLog);
    const exported = new FunctionModules(scope).run(source, file);
    const { handler } = this.settings;
    const found = exported[handler.slice(handler.lastIndexOf(".") + 1)];
    if (typeof found !== "function") {
      throw Object.assign(new Error(`${handler} is undefined or not exported`), {
        name: "Runtime.HandlerNotFound",
      });
    }
    return found as Handler;
  }

  /** A `process` that differs from this one's in its environment and in where its output goes. */
  private createProcess(): NodeJS.Process {
    const { name, arn, environment, memoryMegabytes, logGroupName } = this.settings;
    const env = {
      PATH: runOutside(() => process.env.PATH),
      TZ: ":UTC",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
      AWS_LAMBDA_LOG_GROUP_NAME: logGroupName,
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_REGION: arn.split(":")[3],
      AWS_DEFAULT_REGION: arn.split(":")[3],
      // Where the SDKs look for more of the developer's own: this process's files hold other credentials.
      ...{ AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull },
      ...environment,
      // Lambda sets it for each invocation.
      get _X_AMZN_TRACE_ID() {
        return currentInvocation()?.traceId;
      },
    };
    const stream = new Writable({
      write: (chunk: unknown, _encoding, done) => {
        for (const line of String(chunk).replace(/\n$/, "").split("\n")) this.onLog(line);
        done();
      },
    });
    return Object.create(process, {
      env: { value: env, writable: true },
      stdout: { value: stream },
      stderr: { value: stream },
      emitWarning: { value: (warning: string | Error) => this.onLog(String(warning)) },
    }) as NodeJS.Process;
  }

  private createContext(awsRequestId: string, deadline: number): object {
    const { name, arn, memoryMegabytes, logGroupName } = this.settings;
    return {
      awsRequestId,
      functionName: name,
      functionVersion: "$LATEST",
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMegabytes),
      logGroupName,
      logStreamName: `local/[$LATEST]${awsRequestId.replaceAll("-", "")}`,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(deadline - workingClock(this.surroundings.clock).now(), 0),
    };
  }
}

function toFunctionError(error: unknown): FunctionError {
  if (!(error instanceof Error) && !(typeof error === "object" && error !== null && "message" in error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const { name, message, stack } = error as Error;
  return { errorType: name || "Error", errorMessage: message, trace: (stack ?? "").split("\n") };
}
