import type { Callers } from "../calls/callers";
import { isJsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import type { Access } from "./access";

/** Lambda makes a stream for each environment of a function and writes its lines there, both with the function's role. */
const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** Which functions' logs reach anybody: of a function that may not write its log, every line is lost, and no call fails. */
export class FunctionLogs {
  private readonly silent: ReadonlySet<string>;

  /** @param access decides; every log is written where there is none. */
  constructor(graph: Graph, callers: Callers, access: Access | undefined) {
    const names = resourcesOfType(graph, "aws:lambda/function:Function").flatMap(({ inputs, outputs }) => {
      if (!access) return [];
      const name = String(outputs.name);
      const { loggingConfig } = inputs;
      const group = isJsonObject(loggingConfig) ? loggingConfig.logGroup : undefined;
      const [, , , region, accountId] = String(outputs.arn).split(":");
      const resource = `arn:aws:logs:${region}:${accountId}:log-group:${String(group ?? `/aws/lambda/${name}`)}:log-stream:local`;
      const caller = callers.ofFunction(name);
      return actions.every((action) => access.allows(caller, { action, resource, context: {} }))
        ? []
        : [name];
    });
    this.silent = new Set(names);
  }

  /** @returns whether a function's lines are kept. */
  takes(functionName: string): boolean {
    return !this.silent.has(functionName);
  }
}
