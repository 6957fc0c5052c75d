import { TaskFailure } from "../asl/errors";
import type { TaskRunner } from "../asl/task-runner";
import { isJsonObject, type JsonObject } from "../json";
import type { AwsServices } from "../services";
import type { IntegrationTarget } from "../services/integration";
import { AwsError } from "../services/service";
import { checkResource, findIntegration, type Integration, readResource } from "./integrations";

/** What the workflow's Task states call. */
export interface IntegrationTargets extends Pick<IntegrationTarget, "invoke"> {
  readonly services: AwsServices;
}

/** Makes the runner that performs Task states on the simulated services and the program's functions. */
export function createTaskRunner({ services, invoke }: IntegrationTargets): TaskRunner {
  return async ({ resource, arguments: args }) => {
    const problem = checkResource(resource);
    if (problem) throw new Error(problem);
    if (!isJsonObject(args)) {
      throw new TaskFailure("States.Runtime", `The arguments of ${resource} must be an object.`);
    }
    const integration = findIntegration(readResource(resource)?.name ?? "");
    if (!integration) throw new Error(`The local runtime serves no integration "${resource}".`);
    const call = async (action: string, input: JsonObject) => {
      const service = services[integration.service];
      if (!service) throw new Error(`The local runtime has no service ${integration.service}.`);
      return service.call(action, input);
    };
    try {
      return await integration.perform({ call, invoke }, args);
    } catch (error) {
      throw asTaskFailure(error, integration);
    }
  };
}

/** Step Functions names an error by its service, and ends each name in `Exception`. */
function asTaskFailure(error: unknown, integration: Integration): unknown {
  if (!(error instanceof AwsError)) return error;
  const { prefix } = integration;
  return new TaskFailure(
    `${prefix}.${exceptionOf(error, integration)}`,
    `${error.message} (Service: ${prefix}, Status Code: ${error.statusCode})`,
  );
}

function exceptionOf({ code }: AwsError, { denial }: Integration): string {
  if (code === "AccessDeniedException" && denial !== undefined) return denial;
  return code.endsWith("Exception") ? code : `${code}Exception`;
}
