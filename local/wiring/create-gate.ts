import { Callers } from "../calls/callers";
import { CallGate } from "../calls/calls";
import { Access } from "../iam";
import type { Place } from "../iam/permissions";
import { Invocations } from "../lambda/invocations";
import type { RuntimeListener } from "../listener";
import type { Graph } from "../record/graph";
import { Deliveries } from "./deliveries";

/** Who calls, what calls go through, and who decides on them. */
export interface Passage {
  readonly callers: Callers;
  readonly gate: CallGate;
  readonly deliveries: Deliveries;
  readonly invocations: Invocations;
  readonly access: Access;
  /** Whether calls are authorized. */
  readonly isGuarded: boolean;
  /** Whether a service may take on a role for what it acts for. */
  readonly mayAssume: (roleArn: string, principal: string, sourceArn: string) => boolean;
  /** Takes note of a program's callers and policies. */
  readonly learn: (graph: Graph, isStrict: boolean) => void;
}

/** Creates the gate for all calls, with its guards. */
export function createGate(place: Place, iam: "on" | "off", listener: RuntimeListener): Passage {
  const callers = new Callers();
  const gate = new CallGate();
  const invocations = new Invocations();
  const access = new Access(place, listener.onAuthorization);
  const isGuarded = iam !== "off";
  gate.use(invocations.refuseKilled);
  if (isGuarded) access.guard(gate);
  return {
    ...{ callers, gate, deliveries: new Deliveries(), invocations, access, isGuarded },
    mayAssume: (roleArn, principal, sourceArn) =>
      !isGuarded || access.mayAssume(roleArn, principal, sourceArn),
    learn: (graph, isStrict) => {
      callers.learn(graph);
      if (isGuarded) access.learn(graph, isStrict);
    },
  };
}
