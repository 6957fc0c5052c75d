import type { TaskRunner } from "../asl/task-runner";
import type { Passage } from "./create-gate";
import type { Late } from "./late";
import { createTaskRunner } from "./task-runner";

/** Makes the runner that performs Task states through the gate, in the name of the execution's state machine. */
export function runTaskThroughGate({ access, callers, gate }: Passage, late: Late): TaskRunner {
  return (task) => {
    const caller = callers.ofExecution(task.executionArn, task.roleArn);
    if (task.taskToken !== undefined) access.learnToken(task.taskToken, task.executionArn);
    const runTask = createTaskRunner({
      services: gate.servicesFor(caller, late.services.get()),
      invoke: (name, payload) => {
        const target = late.functions.look()?.find(name);
        const input = { FunctionName: name };
        return (
          target &&
          gate.perform({ caller, service: "Lambda", action: "Invoke", input }, () => target.invoke(payload))
        );
      },
    });
    return runTask(task);
  };
}
