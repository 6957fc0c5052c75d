import type { JsonObject } from "../json";
import { apis, type ServiceName } from "../services";
import type { IntegrationTarget } from "../services/integration";
import { lowerFirst, upperFirst } from "../services/members";

/** An integration of workflows with an action of a service. */
export interface Integration {
  readonly service: ServiceName;
  /** What the names of its errors begin with. */
  readonly prefix: string;
  /** What `AccessDeniedException` becomes. */
  readonly denial: string | undefined;
  /** Whether it can wait for a task token. */
  readonly callback: boolean;
  readonly perform: (target: IntegrationTarget, args: JsonObject) => Promise<JsonObject>;
}

export const callbackSuffix = ".waitForTaskToken";

const entries = Object.entries(apis).flatMap(([name, api]) => {
  const { sdk, optimized } = api.integrations ?? {};
  return { service: name as ServiceName, actions: Object.keys(api.actions), sdk, optimized };
});

/** The optimized integrations, by what follows `arn:aws:states:::`. */
const optimizedIntegrations = new Map<string, Integration>(
  entries.flatMap(({ service, optimized }) =>
    Object.entries(optimized?.actions ?? {}).map(([action, { callback, perform }]) => [
      `${optimized?.name}:${action}`,
      {
        service,
        prefix: optimized?.prefix ?? "",
        denial: optimized?.denial,
        callback,
        perform: perform ?? (({ call }, args) => call(upperFirst(action), args)),
      },
    ]),
  ),
);

/** The integrations that exist in AWS and are served, by what follows `arn:aws:states:::`. */
export const knownIntegrations: readonly string[] = [
  ...optimizedIntegrations.keys(),
  ...entries.flatMap(({ sdk, actions }) =>
    sdk ? actions.map((action) => `aws-sdk:${sdk.name}:${lowerFirst(action)}`) : [],
  ),
];

/** @returns the integration behind what follows `arn:aws:states:::`. An SDK integration is found for any action of a service. */
export function findIntegration(name: string): Integration | undefined {
  const [, serviceName, action] = /^aws-sdk:(\w+):([a-z]\w*)$/.exec(name) ?? [];
  const found = entries.find(({ sdk }) => sdk !== undefined && sdk.name === serviceName);
  if (!found?.sdk || action === undefined) return optimizedIntegrations.get(name);
  const { prefix, denial, toModel = asItIs, ofModel = asItIs } = found.sdk;
  return {
    service: found.service,
    prefix,
    denial,
    // SDK integrations of STANDARD workflows all offer the callback pattern.
    callback: true,
    perform: async ({ call }, args) => ofModel(await call(upperFirst(action), toModel(args))),
  };
}

const asItIs = (members: JsonObject) => members;

const resourcePattern = /^arn:aws[a-z-]*:states:::([\w:-]+?)(\.[\w:]+)?$/;

/** Takes a Task's `Resource` apart. @returns undefined for one that is no service integration. */
export function readResource(resource: string): { name: string; pattern: string } | undefined {
  const [match, name = "", pattern = ""] = resourcePattern.exec(resource) ?? [];
  return match === undefined ? undefined : { name, pattern };
}

/**
 * Says what is wrong with a Task's `Resource`, as CreateStateMachine would.
 *
 * @returns the problem, or undefined for an integration of a service that is served. An action that the service does not serve fails when it is
 * called.
 */
export function checkResource(resource: string): string | undefined {
  const parts = readResource(resource);
  if (!parts) return `The resource "${resource}" is no service integration.`;
  const { name, pattern } = parts;
  if (pattern !== "" && pattern !== callbackSuffix) {
    return `The local runtime does not serve the pattern "${pattern}" of "${resource}".`;
  }
  const integration = findIntegration(name);
  if (!integration) return `The local runtime serves no integration "${resource}".`;
  if (pattern === "" || integration.callback) return undefined;
  return `The integration "${name}" has no callback pattern: "${resource}".`;
}
