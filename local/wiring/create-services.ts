import type { Graph } from "../record/graph";
import { type Services, services } from "../services";
import type { OrRecord, ServiceDefinition } from "../services/define-service";
import type { AwsService } from "../services/service";
import type { Creator, ServiceContext } from "../services/service-context";

/**
 * Creates every simulated service, without any resources.
 *
 * @param onStop takes what ends a service.
 */
export async function createServices(
  context: Omit<ServiceContext, "service">,
  onStop: (stop: () => unknown) => void,
): Promise<Services> {
  const created = new Map<unknown, Partial<AwsService>>();
  const service = <TService>(definition: Creator<TService>): TService => {
    const found = created.get(definition);
    if (!found) throw new Error(`${definition.name} was asked for before it was created.`);
    // It is what this very definition created.
    return found as TService;
  };
  for (const definition of services) {
    const one: Partial<AwsService> = await definition.create({ ...context, service });
    created.set(definition, one);
    onStop(() => one.stop?.());
  }
  return Object.fromEntries(
    services.map((definition) => [definition.name, created.get(definition)]),
  ) as unknown as Services;
}

/**
 * Creates in the services what a program registered.
 *
 * @param isStrict refuses what the local runtime does not serve; otherwise that is only recorded.
 */
export async function declareResources(graph: Graph, running: Services, isStrict: boolean): Promise<void> {
  const orRecord: OrRecord = (resource, declareOne) => {
    try {
      declareOne();
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      // Such a message says what the runtime lacks; any other one, what AWS refuses.
      if (isStrict || !/\bthe local runtime\b/i.test(message)) {
        const { name, type } = resource;
        throw new Error(`The resource '${name}' of type ${type} is refused: ${message}`, { cause: error });
      }
      Object.assign(resource, { isInert: true, inertBecause: message });
      return message;
    }
  };

  for (const definition of services) {
    // TypeScript does not see that a definition and the service of its name belong together.
    const { declare } = definition as ServiceDefinition<string, unknown>;
    await declare?.(graph, running[definition.name], orRecord);
  }
}
