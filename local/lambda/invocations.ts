import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Caller } from "../calls/caller";
import { AwsError } from "../services/service";
import { ClockSkews } from "./clock-skews";

/** Says which connections of a function's code are refused. */
interface ConnectionCheck {
  check(host: string): Error | undefined;
}

/** One run of a function. */
export class Invocation {
  /** By this a call of an AWS API is known to be of this invocation; the retries of an event share no id. */
  readonly id = randomBytes(12).toString("hex");
  /** Rejects when the invocation is killed. */
  readonly death: Promise<never>;
  private die: (error: Error) => void = () => undefined;
  private killed = false;
  /** What its code finds in `process.env`, once the function has been loaded. */
  environment: NodeJS.ProcessEnv | undefined;

  /** @param outbound where the calls of its function go. */
  constructor(
    private readonly requestId: string,
    readonly outbound: ConnectionCheck,
  ) {
    this.death = new Promise((_resolve, reject) => {
      this.die = reject;
    });
    this.death.catch(() => undefined);
  }

  /** What Lambda sets as `_X_AMZN_TRACE_ID`, and the SDK sends along with each call. */
  get traceId(): string {
    return `Root=1-00000000-${this.id};Parent=${this.id.slice(0, 16)};Sampled=0`;
  }

  get isKilled(): boolean {
    return this.killed;
  }

  /** Ends the invocation as a crashed process does: nothing that it still does takes effect. */
  kill(): void {
    this.killed = true;
    this.die(
      Object.assign(
        new Error(`RequestId: ${this.requestId} Error: Runtime exited with error: signal: killed`),
        { name: "Runtime.ExitError", stack: "" },
      ),
    );
  }
}

const running = new AsyncLocalStorage<Invocation>();

/** @returns the invocation whose code runs here, if any. */
export function currentInvocation(): Invocation | undefined {
  return running.getStore();
}

/** Runs code as that of an invocation, with all that it starts. */
export function runAs<T>(invocation: Invocation, code: () => T): T {
  return running.run(invocation, code);
}

/** Runs code of the runtime, or of its listeners, that a function's code has called. */
export function runOutside<T>(code: () => T): T {
  return running.exit(code);
}

/** @returns the id of the invocation that a call's `X-Amzn-Trace-Id` names. */
export function invocationOfTrace(traceId: string | undefined): string | undefined {
  return /\bRoot=1-[0-9a-f]{8}-([0-9a-f]{24})/.exec(traceId ?? "")?.[1];
}

/** The invocations of a program's functions. */
export class Invocations {
  /** How far the clocks are off on which they run. */
  readonly skews = new ClockSkews();
  private readonly byId = new Map<string, Invocation>();

  begin(requestId: string, outbound: ConnectionCheck): Invocation {
    const invocation = new Invocation(requestId, outbound);
    this.byId.set(invocation.id, invocation);
    return invocation;
  }

  /** Forgets an invocation that ended in its own time. The code of a killed one may go on, and is kept in mind. */
  end(invocation: Invocation): void {
    if (!invocation.isKilled) this.byId.delete(invocation.id);
  }

  find(id: string | undefined): Invocation | undefined {
    return this.byId.get(id ?? "");
  }

  /** Refuses the calls of killed invocations: on AWS there is no process left that could make them. */
  readonly refuseKilled = async <T>(
    { caller }: { readonly caller: Caller },
    proceed: () => Promise<T>,
  ): Promise<T> => {
    if (this.find(caller.invocationId)?.isKilled) throw killed();
    return proceed();
  };
}

/** What the code of a killed invocation is told, so that it comes to its end: nothing that an SDK would try again. */
export function killed(): AwsError {
  return new AwsError("InvocationKilled", "The invocation that makes this call was killed.", 400);
}
