import { isJsonObject, type Json, type JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import { invokeAsynchronously } from "./async-invocations";
import { ChildProxy } from "./child-proxy";
import {
  type FunctionSettings,
  type InvocationLine,
  type InvocationResult,
  LambdaFunction,
} from "./function";
import { handlerCode } from "./function-code";
import type { FunctionSurroundings } from "./function-scope";
import type { Invocations } from "./invocations";

export interface FunctionsOptions extends FunctionSurroundings {
  /** Variables that Lambda gives a function besides those of the program: endpoint and credentials. */
  readonly environmentOf: (functionName: string) => { readonly [variable: string]: string };
  /** Sends the record of an invocation that failed for good to the configured destination. */
  readonly sendToDestination: (destinationArn: string, record: Json, functionName: string) => Promise<void>;
  /** Takes each line that a function logs. */
  readonly onLog: (functionName: string, line: string) => void;
  readonly invocations?: Invocations;
  /** Told of every invocation's end. */
  readonly onInvocation?: (line: InvocationLine) => void;
}

/** The program's Lambda functions, by name and by ARN. */
export class Functions {
  private readonly byName = new Map<string, LambdaFunction>();
  private readonly destinations = new Map<string, JsonObject>();
  private readonly stopping = new AbortController();
  private readonly childProxy: ChildProxy;

  /** @throws {Error} naming a function whose code the runtime cannot run. */
  constructor(
    graph: Graph,
    private readonly options: FunctionsOptions,
  ) {
    this.childProxy = new ChildProxy(options.endpoint?.url, options.onLog);
    for (const { name, inputs, outputs } of resourcesOfType(graph, "aws:lambda/function:Function")) {
      const functionName = String(outputs.name);
      const created = new LambdaFunction(
        {
          name: functionName,
          arn: String(outputs.arn),
          code: codeOf(name, inputs),
          handler: String(inputs.handler),
          roleArn: String(inputs.role),
          environment: environmentOf(inputs, options.environmentOf(functionName)),
          // Lambda's own defaults.
          timeoutSeconds: Number(inputs.timeout ?? 3),
          memoryMegabytes: Number(inputs.memorySize ?? 128),
          logGroupName: logGroupOf(inputs) ?? `/aws/lambda/${functionName}`,
        },
        {
          ...options,
          clock: options.invocations?.skews.clockOf(functionName, options.clock) ?? options.clock,
        },
        this.childProxy,
        (line) => options.onLog(functionName, line),
        options.invocations,
        options.onInvocation,
      );
      this.byName.set(functionName, created);
    }
    const configs = resourcesOfType(graph, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
    for (const { inputs } of configs) this.destinations.set(toName(String(inputs.functionName)), inputs);
  }

  /** @returns the function of a name or an ARN. */
  find(nameOrArn: string): LambdaFunction | undefined {
    return this.byName.get(toName(nameOrArn));
  }

  list(): readonly LambdaFunction[] {
    return [...this.byName.values()];
  }

  /** Reads the code of every function now, and not at its first invocation. @throws {Error} naming a function whose file is missing. */
  readCode(): void {
    for (const { settings } of this.byName.values()) {
      try {
        settings.code();
      } catch (error) {
        const { message } = error as Error;
        throw new Error(`The code of the function ${settings.name} cannot be read: ${message}`, {
          cause: error,
        });
      }
    }
  }

  /** Invokes a function and waits for its result. */
  invoke(nameOrArn: string, payload: Json): Promise<InvocationResult> | undefined {
    return this.find(nameOrArn)?.invoke(payload);
  }

  /** Invokes a function for an event; Lambda's own retries and destination take care of failures from here on. */
  invokeForEvent(target: LambdaFunction, event: Json): void {
    const config = this.destinations.get(target.settings.name);
    const destination = isJsonObject(config?.destinationConfig)
      ? config.destinationConfig.onFailure
      : undefined;
    const destinationArn = isJsonObject(destination) ? String(destination.destination) : undefined;
    const settings = {
      maximumRetryAttempts: Number(config?.maximumRetryAttempts ?? 2),
      onFailure:
        destinationArn === undefined
          ? undefined
          : (record: Json) => this.options.sendToDestination(destinationArn, record, target.settings.name),
    };
    const { signal } = this.stopping;
    invokeAsynchronously(target, event, settings, this.options.clock, signal).catch((error: unknown) => {
      if (!signal.aborted) this.options.onLog(target.settings.name, `The event was lost: ${String(error)}`);
    });
  }

  /** Ends the waits between retries, and the proxy of the functions' processes. */
  stop(): void {
    this.childProxy.close();
    this.stopping.abort(new Error("The runtime stops."));
  }
}

/** arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER] → NAME */
function toName(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? (nameOrArn.split(":")[6] ?? "") : nameOrArn;
}

function codeOf(name: string, { code, handler }: JsonObject): FunctionSettings["code"] {
  const found = handlerCode(code, String(handler));
  if (found) return found;
  throw new Error(
    `The local runtime runs functions from a folder, or from an archive with the handler's file; the code of '${name}' is neither.`,
  );
}

/** What the program says, but for the names that Lambda refuses in a program as its own. */
function environmentOf(inputs: JsonObject, given: { readonly [variable: string]: string }) {
  const { AWS_ENDPOINT_URL: endpoint, ...reserved } = given;
  return {
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
    ...variablesOf(inputs),
    ...reserved,
  };
}

function variablesOf(inputs: JsonObject): Record<string, string> {
  const variables = isJsonObject(inputs.environment) ? inputs.environment.variables : undefined;
  const entries = Object.entries(isJsonObject(variables) ? variables : {});
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function logGroupOf(inputs: JsonObject): string | undefined {
  return isJsonObject(inputs.loggingConfig) ? String(inputs.loggingConfig.logGroup) : undefined;
}
