import type { Graph } from "../record/graph";
import { type Services, services } from "../services";
import type { ServiceDefinition } from "../services/define-service";

/** Creates in the services what a program registered. */
export async function declareResources(graph: Graph, running: Services): Promise<void> {
  for (const definition of services) {
    // TypeScript does not see that a definition and the service of its name belong together.
    const { declare } = definition as ServiceDefinition<string, unknown>;
    await declare?.(graph, running[definition.name]);
  }
}
