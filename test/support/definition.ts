import { streamLifecycleOrchestrator } from "../../components/workflow/orchestrator/stream-lifecycle-orchestrator";
import type {
  Catcher,
  ChoiceState,
  State,
  StateMachineDefinition,
  TaskState,
} from "../../components/workflow/shared/asl";
import { behaviorMembers, entryBytes } from "../../components/workflow/shared/playback-settings";
import type { OrchestratorSettings } from "../../components/workflow/shared/settings";
import { type SweepSettings, streamSweep } from "../../components/workflow/sweep/stream-sweep";
import type { TeardownSettings } from "../../components/workflow/teardown/settings";
import { streamTeardown } from "../../components/workflow/teardown/stream-teardown";
import { eventSource } from "../../contracts";
import { type AttemptSettings, type Channel, supportingStates } from "../../contracts/internal";
import { evaluate } from "./jsonata";

/** The pool in tests. */
export const channels: readonly Channel[] = [
  { channelId: "1234567" },
  { channelId: "7654321", originDomainName: "origin.example.com", originPath: "/live" },
];

/** What a definition is built for in tests. */
export const settings: OrchestratorSettings = {
  validateFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:validate",
  handleFailureFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:handle-failure",
  tableName: "attempts",
  leaseTableName: "leases",
  eventBusName: "events",
  eventSource,
  playback: {
    update: "stream",
    distributionId: "E2QWRUHAPOMQZL",
    formerDistributionIds: [],
    cachePolicyId: "08627262-05a9-4f76-9ded-b50ca2e3a84f",
    viewerRequestFunctionArn: "arn:aws:cloudfront::123456789012:function/streams-viewer-request",
    trustedKeyGroupIds: [],
    cacheBehaviorQuota: 75,
    originQuota: 100,
    componentId: "0123456789ab",
    originRequestPolicyId: null,
    responseHeadersPolicyId: null,
  },
  leadTimeMinutes: 30,
  inputs: [],
  includeIngestEndpoints: true,
  readinessStateMachineArn: null,
  requireRunning: false,
  liveLimit: {
    maxLiveHours: 12,
    teardownStateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:teardown",
    scheduleGroupName: "schedules",
    scheduleRoleArn: "arn:aws:iam::123456789012:role/live-limit",
    deadLetterArn: "arn:aws:sqs:eu-west-1:123456789012:dead-letters",
    encryptionKeyArn: null,
  },
};

/** What a deployment says of an attempt in tests. */
export const attemptSettings: AttemptSettings = {
  distributionId: settings.playback.distributionId,
  cacheBehaviorQuota: 75,
  originQuota: 100,
  entryBytes: entryBytes(settings.playback, {}),
  behavior: behaviorMembers(settings.playback),
  origin: {},
  confirmationTimeoutSeconds: 900,
  maxLiveHours: 12,
};

/** What StreamTeardown is built for in tests. */
const teardownSettings: TeardownSettings = {
  tableName: settings.tableName,
  leaseTableName: settings.leaseTableName,
  eventBusName: settings.eventBusName,
  eventSource,
  onCallTopicArn: "arn:aws:sns:eu-west-1:123456789012:on-call",
  scheduleGroupName: settings.liveLimit.scheduleGroupName,
  graceMinutes: 0,
  maxLiveHours: settings.liveLimit.maxLiveHours,
  playback: settings.playback,
  channels,
};

/** What StreamSweep is built for in tests: with all of its states. */
const sweepSettings: SweepSettings = {
  sweepFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:sweep",
  tableName: settings.tableName,
  leaseTableName: settings.leaseTableName,
  playback: settings.playback,
  origins: {},
  channels,
  stopUnowned: true,
  healthStateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:health",
};

export function buildDefinition(overrides: Partial<OrchestratorSettings> = {}) {
  return streamLifecycleOrchestrator({ ...settings, ...overrides });
}

export function buildTeardown(overrides: Partial<TeardownSettings> = {}) {
  return streamTeardown({ ...teardownSettings, ...overrides });
}

export function buildSweep(overrides: Partial<SweepSettings> = {}) {
  return streamSweep({ ...sweepSettings, ...overrides });
}

/** States that lead to one another: a definition's, or those that a Map runs for each item. */
export type StateGroup<TName extends string> = Pick<StateMachineDefinition<TName>, "StartAt"> & {
  readonly States: { readonly [name in TName]?: State<TName> };
};

export function statesOf<TName extends string>({ States }: StateGroup<TName>): [TName, State<TName>][] {
  return Object.entries(States) as [TName, State<TName>][];
}

export function tasksOf<TName extends string>(group: StateGroup<TName>): [TName, TaskState<TName>][] {
  return statesOf(group).filter((entry): entry is [TName, TaskState<TName>] => entry[1].Type === "Task");
}

/** The definition's own states, and those within each of its Maps. */
export function groupsOf<TName extends string>(group: StateGroup<TName>): StateGroup<TName>[] {
  return [
    group,
    ...statesOf(group).flatMap(([, state]) =>
      state.Type === "Map" ? groupsOf(state.ItemProcessor as unknown as StateGroup<TName>) : [],
    ),
  ];
}

/** A state of the type that the test is about. */
export function stateOf<TName extends string, TType extends State<TName>["Type"]>(
  group: StateGroup<TName>,
  name: TName,
  type: TType,
): Extract<State<TName>, { Type: TType }> {
  const state = group.States[name];
  if (state?.Type !== type) throw new Error(`${name} is ${state ? `a ${state.Type}` : "missing"}.`);
  return state as Extract<State<TName>, { Type: TType }>;
}

/** Every state that a state may lead to. */
export function successors<TName extends string>(state: State<TName> | undefined): TName[] {
  if (!state) return [];
  switch (state.Type) {
    case "Task":
      return [
        ...(state.Next === undefined ? [] : [state.Next]),
        ...(state.Catch ?? []).map(({ Next }) => Next),
      ];
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

/** Every state that may lead to a state. */
export function predecessors<TName extends string>(group: StateGroup<TName>, name: TName): TName[] {
  return statesOf(group).flatMap(([before, state]) => (successors(state).includes(name) ? before : []));
}

/** The contract state that a state of the definition is a part of: itself, or the one that it serves. */
export function servedBy(name: string): string {
  return supportingStates.find((state) => state.name === name)?.serves ?? name;
}

/** The states that can be reached from some others, these included, without passing `without`. */
export function reachable<TName extends string>(
  group: StateGroup<TName>,
  from: readonly TName[],
  without: readonly string[] = [],
): Set<TName> {
  const found = new Set<TName>();
  const open = from.filter((name) => !without.includes(name));
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...successors(group.States[name]).filter((next) => !without.includes(next)));
  }
  return found;
}

/** Every catcher, with the state that it stands in. */
export function catchersOf<TName extends string>(group: StateGroup<TName>): [TName, Catcher<TName>][] {
  return tasksOf(group).flatMap(([name, { Catch = [] }]) =>
    Catch.map((catcher): [TName, Catcher<TName>] => [name, catcher]),
  );
}

/** Where a Choice leads, given `$states` and the variables. */
export async function decide<TName extends string>(
  { Choices, Default }: ChoiceState<TName>,
  data: Parameters<typeof evaluate>[1],
): Promise<TName> {
  for (const { Condition, Next } of Choices) {
    const holds = await evaluate(Condition, data);
    if (typeof holds !== "boolean") throw new Error(`${Condition} is no boolean, but ${String(holds)}.`);
    if (holds) return Next;
  }
  return Default;
}
