import type { AwsService } from "../services";
import type { AwsServices, ServiceName } from "../wire";

/** Who makes a call. */
export interface Caller {
  /** A person or program from outside, one of the program's functions or state machines, or AWS itself for a rule or an API. */
  readonly kind: "user" | "function" | "state-machine" | "service";
  /** A function's or state machine's physical name, a service's principal such as `events.amazonaws.com`, or `user`. */
  readonly name: string;
  /** The role that it acts with; a user has all rights, and a service without a role those of resource policies. */
  readonly roleArn?: string | undefined;
  /** What a service acts for: the ARN of the rule or the API route. */
  readonly sourceArn?: string;
  /** A function's invocation. */
  readonly invocationId?: string;
}

/** One call of an AWS API, before it takes effect. */
export interface ServiceCall {
  readonly caller: Caller;
  readonly service: ServiceName;
  /** The action's name in the service's API model, such as `PutItem`. */
  readonly action: string;
  /** The action's input, in API-model names. */
  readonly input: object;
}

/**
 * Stands between callers and services: sees each call, and may refuse it before it takes effect, or lose its answer after.
 *
 * @param proceed performs the call.
 * @throws {AwsError} what the caller is to see.
 */
export type Interceptor = <T>(call: ServiceCall, proceed: () => Promise<T>) => Promise<T>;

/** The one door through which every call of an AWS API goes, whoever makes it: SDK, workflow, rule or route. */
export class CallGate {
  private interceptors: readonly Interceptor[] = [];

  /** Adds an interceptor; those added first see a call first. @returns how to take it out again. */
  use(interceptor: Interceptor): () => void {
    this.interceptors = [...this.interceptors, interceptor];
    return () => {
      this.interceptors = this.interceptors.filter((other) => other !== interceptor);
    };
  }

  /** Performs a call, past every interceptor. */
  perform<T>(call: ServiceCall, proceed: () => Promise<T>): Promise<T> {
    const inward = this.interceptors.reduceRight<() => Promise<T>>(
      (next, interceptor) => () => interceptor(call, next),
      proceed,
    );
    return inward();
  }

  /** @returns the services as one caller reaches them. */
  servicesFor(caller: Caller, services: AwsServices): AwsServices {
    const guarded: { [name in ServiceName]?: AwsService } = {};
    for (const [name, service] of Object.entries(services) as [ServiceName, AwsService][]) {
      guarded[name] = {
        call: (action, input) =>
          this.perform({ caller, service: name, action, input }, () => service.call(action, input)),
      };
    }
    return guarded;
  }
}
