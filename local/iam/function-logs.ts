import type { Callers } from "../calls/callers";
import { isJsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import type { Access } from "./access";

/** Lambda makes a log stream for each environment of a function and writes its lines there, both with the function's role. */
const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];

/**
 * Decides which functions' log lines are kept. A function that may not write its log loses every line, and no call fails.
 * The decision is made at the first line: a function that logs nothing uses no permission.
 */
export class FunctionLogs {
  private readonly decisions = new Map<string, boolean>();
  private readonly groups: ReadonlyMap<string, string>;

  /** @param access decides; every line is kept where there is none. */
  constructor(
    graph: Graph,
    private readonly callers: Callers,
    private readonly access: Access | undefined,
  ) {
    this.groups = new Map(
      resourcesOfType(graph, "aws:lambda/function:Function").map(({ inputs, outputs }) => {
        const name = String(outputs.name);
        const { loggingConfig } = inputs;
        const group = isJsonObject(loggingConfig) ? loggingConfig.logGroup : undefined;
        const [, , , region, accountId] = String(outputs.arn).split(":");
        return [
          name,
          `arn:aws:logs:${region}:${accountId}:log-group:${String(group ?? `/aws/lambda/${name}`)}`,
        ];
      }),
    );
  }

  /** @returns whether a function's lines are kept. */
  takes(functionName: string): boolean {
    const known = this.decisions.get(functionName);
    if (known !== undefined) return known;
    const decision = this.decide(functionName);
    this.decisions.set(functionName, decision);
    return decision;
  }

  private decide(functionName: string): boolean {
    const { access } = this;
    if (!access) return true;
    const resource = `${this.groups.get(functionName)}:log-stream:local`;
    const caller = this.callers.ofFunction(functionName);
    const mayWrite = actions.every((action) => access.allows(caller, { action, resource, context: {} }));
    // No denial would tell that the lines are missing.
    return mayWrite || access.isUnknown(caller);
  }
}
