import type { Stream, StreamStatus } from "../contracts";

/** What the build writes into `contract.json`: the parts of the contracts that the page needs as values. */
export interface Contract {
  readonly states: readonly ContractState[];
  readonly supporting: readonly { readonly name: string; readonly serves: string; readonly reason: string }[];
  readonly statuses: readonly StreamStatus[];
  readonly statusesAfter: { readonly [status in StreamStatus]: readonly StreamStatus[] };
  readonly protocols: readonly string[];
  readonly maxReasonLength: number;
}

export interface ContractState {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly transitions?: { readonly [outcome: string]: string };
}

/** One visit of an execution to a state, as the local runtime tells it. */
export interface Visit {
  readonly name: string;
  readonly type: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly assigned?: unknown;
  readonly enteredAt: string;
  readonly exitedAt?: string;
  readonly errors: readonly { readonly error?: string; readonly cause?: string }[];
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: { readonly physicalName: string; readonly name: string };
  readonly status: string;
  readonly startedAt: string;
  readonly stoppedAt?: string;
  readonly waitingIn?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly states: readonly Visit[];
}

export interface Call {
  readonly id: number;
  readonly at: string;
  readonly service: string;
  readonly action: string;
  readonly caller: string;
  readonly kind: string;
  readonly outcome: string;
  readonly decisions: readonly {
    readonly action: string;
    readonly resource: string;
    readonly decision: string;
  }[];
}

/** What only a local runtime tells of a stream. */
export interface LocalStream {
  readonly executions: readonly Execution[];
  readonly events: readonly {
    readonly at: string;
    readonly busName: string;
    readonly event: { readonly [member: string]: unknown };
  }[];
  readonly notifications: readonly {
    readonly at: string;
    readonly topicArn: string;
    readonly subject: string;
    readonly message: string;
  }[];
  readonly calls: readonly Call[];
}

/** What the parts of a stream's page show. */
export interface StreamTabProps {
  readonly stream: Stream;
  /** Undefined for a deployment. */
  readonly local: LocalStream | undefined;
}

export interface LocalTools {
  readonly now: string;
  /** The seconds that pass in one; 0 for a clock that stands still. */
  readonly speed: number;
  readonly channels: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly alerts: readonly { readonly type: string; readonly pipeline: string }[];
  }[];
  readonly faults: readonly {
    readonly id: number;
    readonly service: string;
    readonly action: string;
    readonly error: string;
    readonly times: number;
  }[];
  readonly actions: readonly string[];
  readonly deadLetters: readonly {
    readonly queueName: string;
    readonly body: unknown;
    readonly attributes: { readonly [name: string]: string };
  }[];
}

/** The states of a deployed definition. */
export interface Definition {
  readonly states: readonly {
    readonly name: string;
    readonly type: string;
    readonly next: readonly { readonly to: string; readonly isFailure: boolean }[];
  }[];
}
