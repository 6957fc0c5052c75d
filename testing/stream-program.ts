import {
  distinctResourcesOfType,
  type Graph,
  type RecordedResource,
  resourcesOfType,
} from "../local/record/graph";

/** What the verbs for streams need of a program: the resources of its one StreamOrchestration, by their physical names. */
export interface StreamProgram {
  /** The name that the program gives its StreamOrchestration. */
  readonly name: string;
  readonly tableName: string;
  readonly leaseTableName: string;
  readonly eventBusName: string;
  /** The names of its state machines, as the program's graph has them. */
  readonly machines: { readonly orchestrator: string; readonly teardown: string; readonly sweep: string };
}

/** What the component appends to its own name. */
const suffixes = {
  table: "-attempts",
  leases: "-leases",
  bus: "-events",
  orchestrator: "-StreamLifecycleOrchestrator",
  teardown: "-StreamTeardown",
  sweep: "-StreamSweep",
};

/**
 * Finds the StreamOrchestration in a recorded program.
 * @throws {Error} when the program has none, several, or one of another version of this package.
 */
export function findStreamProgram(graph: Graph): StreamProgram {
  const tables = distinctResourcesOfType(graph, "aws:dynamodb/table:Table").filter(
    ({ inputs }) => inputs.hashKey === "streamId" && inputs.rangeKey === "attempt",
  );
  const [table] = tables;
  if (!table || tables.length > 1) {
    const names = tables.map((one) => `'${one.name}'`).join(", ");
    throw new Error(
      `local.streams works on one StreamOrchestration; the program has ${names ? `the tables ${names}` : "none"}. ` +
        "Use local.api, local.executions and an SDK client made with local.aws for the one you mean.",
    );
  }
  const name = table.name.slice(0, -suffixes.table.length);
  return {
    name,
    tableName: physicalName(table),
    leaseTableName: find("aws:dynamodb/table:Table", suffixes.leases),
    eventBusName: find("aws:cloudwatch/eventBus:EventBus", suffixes.bus),
    machines: {
      orchestrator: `${name}${suffixes.orchestrator}`,
      teardown: `${name}${suffixes.teardown}`,
      sweep: `${name}${suffixes.sweep}`,
    },
  };

  function find(type: string, suffix: string): string {
    const found = resourcesOfType(graph, type).find((resource) => resource.name === `${name}${suffix}`);
    if (found) return physicalName(found);
    throw new Error(
      `The StreamOrchestration '${name}' has no resource '${name}${suffix}' of type ${type}. ` +
        "Use the testing entry and the component of the same version.",
    );
  }
}

function physicalName({ outputs }: RecordedResource): string {
  return String(outputs.name);
}
