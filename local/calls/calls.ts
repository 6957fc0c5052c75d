import type { AwsServices, ServiceName } from "../services";
import type { AwsService } from "../services/service";
import type { Caller } from "./caller";

export type { Caller } from "./caller";

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
          this.perform({ caller, service: name, action, input }, () => service.call(action, input, caller)),
      };
    }
    return guarded;
  }
}
