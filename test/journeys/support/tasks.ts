import type { TaskState } from "../../../components/workflow/shared/asl";
import {
  buildDefinition,
  buildSweep,
  buildTeardown,
  groupsOf,
  type StateGroup,
  tasksOf,
} from "../../support/definition";

/** The state machines that deal with channels and the distribution, by their names in a deployment. */
export type MachineName = "StreamLifecycleOrchestrator" | "StreamTeardown" | "StreamSweep";

/** A Task of a definition. */
export interface NamedTask {
  readonly name: string;
  readonly task: TaskState<string>;
}

/** The Tasks of each definition, those within its Maps as well. */
export const tasks: { readonly [machine in MachineName]: readonly NamedTask[] } = {
  StreamLifecycleOrchestrator: allTasks(buildDefinition()),
  StreamTeardown: allTasks(buildTeardown()),
  StreamSweep: allTasks(buildSweep()),
};

function allTasks<TName extends string>(definition: StateGroup<TName>): NamedTask[] {
  return groupsOf(definition).flatMap((group) => tasksOf(group).map(([name, task]) => ({ name, task })));
}
