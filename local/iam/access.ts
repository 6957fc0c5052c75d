import type { Caller, CallGate } from "../calls/calls";
import type { Graph } from "../record/graph";
import type { Authorization } from "./authorization";
import { decideFor, enforcePolicies } from "./enforce";
import type { AuthorizationRequest } from "./evaluate";
import type { Place } from "./permissions";
import { Policies } from "./policies";

/** Who may do what in a runtime: the program's policies, once it was recorded. */
export class Access {
  private policies: Policies | undefined;
  private readonly stateMachines = new Map<string, string>();

  /** @param onDecision told of every decision. */
  constructor(
    private readonly place: Place,
    private readonly onDecision: (authorization: Authorization) => void = () => undefined,
  ) {}

  /**
   * Reads the program's policies.
   *
   * @param isStrict refuses policies that the local runtime cannot judge.
   * @throws {PolicyError} for what AWS would refuse to create.
   */
  learn(graph: Graph, isStrict: boolean): void {
    this.policies = new Policies(graph, isStrict);
  }

  /** Takes note of the state machine that waits for a task token. */
  learnToken(taskToken: string, executionArn: string): void {
    const [machine = ""] = executionArn.replace(":execution:", ":stateMachine:").split(/:[^:]*$/);
    this.stateMachines.set(taskToken, machine);
  }

  /** Authorizes every call from now on. @returns how to stop that. */
  guard(gate: CallGate): () => void {
    return gate.use(
      enforcePolicies({
        policies: () => this.known,
        look: { ...this.place, stateMachineOfToken: (token) => this.stateMachines.get(token) },
        onDecision: this.onDecision,
      }),
    );
  }

  /** @returns whether a caller may do something that is no call of a service here, such as writing a log. */
  allows(caller: Caller, permission: AuthorizationRequest): boolean {
    const decision = decideFor(caller, permission, this.known);
    this.onDecision({ caller, permission, decision });
    return decision === "allowed";
  }

  /** @returns whether a caller's role has policies that cannot be judged. */
  isUnknown({ roleArn }: Caller): boolean {
    return roleArn !== undefined && this.known.unreadOf(roleArn).length > 0;
  }

  /** @returns whether a service may take on a role of the program for what it acts for. */
  mayAssume(roleArn: string, service: string, sourceArn: string): boolean {
    return this.known.mayAssume(roleArn, service, sourceArn);
  }

  /** @returns whether a caller may call a route of an HTTP API; whoever is from outside may. */
  mayInvokeApi(caller: Caller, routeArn: string): boolean {
    if (caller.kind === "user") return true;
    return this.allows(caller, { action: "execute-api:Invoke", resource: routeArn, context: {} });
  }

  private get known(): Policies {
    if (!this.policies) throw new Error("A call was made before the program's policies were known.");
    return this.policies;
  }
}
