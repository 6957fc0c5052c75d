import type { Catcher, State, TaskState } from "../../components/workflow/asl";
import type { OrchestratorSettings, OrchestratorState } from "../../components/workflow/settings";
import { streamLifecycleOrchestrator } from "../../components/workflow/stream-lifecycle-orchestrator";
import { streamLifecycleOrchestrator as contract, eventSource } from "../../contracts";

/** What a definition is built for in tests. */
export const settings: OrchestratorSettings = {
  validateFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:validate",
  handleFailureFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:handle-failure",
  tableName: "attempts",
  leaseTableName: "leases",
  eventBusName: "events",
  eventSource,
  channels: [
    { channelId: "1234567" },
    { channelId: "7654321", originDomainName: "origin.example.com", originPath: "/live" },
  ],
  playback: {
    distributionId: "E2QWRUHAPOMQZL",
    cachePolicyId: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    viewerRequestFunctionArn: "arn:aws:cloudfront::123456789012:function/streams-viewer-request",
    trustedKeyGroupIds: [],
    cacheBehaviorQuota: 75,
  },
  confirmationTimeoutSeconds: 900,
  leadTimeMinutes: 30,
  includeIngestEndpoints: true,
  liveLimit: {
    maxLiveHours: 12,
    teardownStateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:teardown",
    scheduleGroupName: "schedules",
    scheduleRoleArn: "arn:aws:iam::123456789012:role/live-limit",
    deadLetterArn: "arn:aws:sqs:eu-west-1:123456789012:dead-letters",
  },
};

export function buildDefinition(overrides: Partial<OrchestratorSettings> = {}) {
  return streamLifecycleOrchestrator({ ...settings, ...overrides });
}

export type Definition = ReturnType<typeof buildDefinition>;

export function statesOf(definition: Definition): [OrchestratorState, State<OrchestratorState>][] {
  return Object.entries(definition.States) as [OrchestratorState, State<OrchestratorState>][];
}

export function tasksOf(definition: Definition): [OrchestratorState, TaskState<OrchestratorState>][] {
  return statesOf(definition).filter(([, state]) => state.Type === "Task") as [
    OrchestratorState,
    TaskState<OrchestratorState>,
  ][];
}

/** Every state that a state may lead to. */
export function successors(state: State<OrchestratorState>): OrchestratorState[] {
  switch (state.Type) {
    case "Task":
      return [state.Next, ...(state.Catch ?? []).map(({ Next }) => Next)];
    case "Choice":
      return [...state.Choices.map(({ Next }) => Next), state.Default];
    case "Wait":
    case "Map":
      return [state.Next];
    case "Succeed":
    case "Fail":
      return [];
  }
}

/** The contract state that a state of the definition is a part of: itself, or the one that it serves. */
export function servedBy(name: string): string {
  return contract.supportingStates.find((state) => state.name === name)?.serves ?? name;
}

/** The states that can be reached from some others, these included, without passing `without`. */
export function reachable(
  definition: Definition,
  from: readonly OrchestratorState[],
  without: readonly string[] = [],
): Set<OrchestratorState> {
  const found = new Set<OrchestratorState>();
  const open = from.filter((name) => !without.includes(name));
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...successors(definition.States[name]).filter((next) => !without.includes(next)));
  }
  return found;
}

/** Every catcher, with the state that it stands in. */
export function catchersOf(definition: Definition): [OrchestratorState, Catcher<OrchestratorState>][] {
  return tasksOf(definition).flatMap(([name, { Catch = [] }]) =>
    Catch.map((catcher): [OrchestratorState, Catcher<OrchestratorState>] => [name, catcher]),
  );
}
