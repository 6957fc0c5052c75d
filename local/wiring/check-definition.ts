import { DefinitionError } from "../asl/check/problems";
import { readDefinition } from "../asl/check/read-definition";
import {
  callbackSuffix,
  checkResource,
  findIntegration,
  knownIntegrations,
  readResource,
} from "./integrations";

/** What the check of a definition found; each problem names its state. */
export interface DefinitionFindings {
  /** What AWS refuses, or the local runtime does not support. */
  readonly refused: readonly string[];
  /** What AWS accepts and fails on when a state is reached, and integrations that the local runtime does not serve. */
  readonly warnings: readonly string[];
}

/**
 * Checks the JSON text of a definition as CreateStateMachine does here. An integration that the local runtime does not serve is a
 * warning: AWS may have it.
 */
export function examineDefinition(text: string): DefinitionFindings {
  const unserved: string[] = [];
  const found = examine(text, (resource) => {
    const problem = checkResource(resource);
    if (problem !== undefined && !unserved.includes(problem)) unserved.push(problem);
    return undefined;
  });
  return { ...found, warnings: [...found.warnings, ...unserved] };
}

/**
 * Finds what AWS would refuse in a definition, or fail on when a state is reached, and what the usual validators miss.
 *
 * A check for builds and tests, on the rendered definition. It reads definitions with what the local runtime reads them
 * with, and needs `jsonata`: nothing that the package's entry reaches may import it, and a test sees to that.
 * @returns every problem, each naming its state; none for a definition that is in order. Expressions and paths are
 * looked at once the fields and transitions are right.
 */
export function checkDefinition(definition: object): string[] {
  const { refused, warnings } = examine(JSON.stringify(definition), integrationProblem);
  return [...refused, ...warnings];
}

function examine(
  text: string,
  resourceProblem: (resource: string) => string | undefined,
): DefinitionFindings {
  try {
    return { refused: [], warnings: readDefinition(text, resourceProblem).warnings };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { refused: error.problems, warnings: error.warnings };
  }
}

/** Stricter than the runtime: an SDK integration counts as existing in AWS only for an action that the service serves here. */
function integrationProblem(resource: string): string | undefined {
  const { name = "", pattern = "" } = readResource(resource) ?? {};
  if (name === "events:waitForEvent") {
    return `the integration '${resource}' does not exist in AWS; to wait for an event, store the task token with ${callbackSuffix} and have a rule's target send it back.`;
  }
  const integration = findIntegration(name);
  if (!integration || !knownIntegrations.includes(name)) {
    return `the integration '${resource}' is not one of those known to exist in AWS: ${knownIntegrations.join(", ")}.`;
  }
  if (pattern !== "" && pattern !== callbackSuffix) {
    return `the pattern '${pattern}' of '${resource}' is not used here; allowed is ${callbackSuffix}.`;
  }
  if (pattern === callbackSuffix && !integration.callback) {
    return `the integration '${name}' cannot wait for a task token; use its SDK integration, aws-sdk:${name}.`;
  }
  return undefined;
}
