import { PolicyError } from "../../iam/document";
import type { ResourcePolicy, RoleUser } from "../../iam/policy-sources";
import { type Graph, resourcesOfType } from "../../record/graph";

/** Targets that EventBridge reaches with a role: state machines. */
export function targetRoles(graph: Graph): RoleUser[] {
  const rules = resourcesOfType(graph, "aws:cloudwatch/eventRule:EventRule");
  return resourcesOfType(graph, "aws:cloudwatch/eventTarget:EventTarget")
    .filter(({ inputs }) => inputs.roleArn !== undefined)
    .map(({ name, inputs }) => {
      const rule = rules.find(
        ({ outputs, inputs: { eventBusName } }) =>
          outputs.name === inputs.rule && eventBusName === inputs.eventBusName,
      );
      return {
        what: `The event target '${name}'`,
        service: "events.amazonaws.com",
        role: String(inputs.roleArn),
        sourceArn: String(rule?.outputs.arn),
      };
    });
}

/** @throws {PolicyError} for a policy of another program's bus. */
export function busPolicies(graph: Graph): ResourcePolicy[] {
  const buses = resourcesOfType(graph, "aws:cloudwatch/eventBus:EventBus");
  return resourcesOfType(graph, "aws:cloudwatch/eventBusPolicy:EventBusPolicy").map(({ name, inputs }) => {
    const bus = buses.find(({ outputs }) => outputs.name === inputs.eventBusName);
    if (!bus) throw new PolicyError(`The event bus policy '${name}' is of no bus of the program.`);
    const document = inputs.policy ?? null;
    return { resource: String(bus.outputs.arn), document, owner: `The event bus policy '${name}'` };
  });
}
