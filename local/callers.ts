import { createHash } from "node:crypto";
import type { Caller } from "./calls";
import { type Graph, resourcesOfType } from "./program/graph";

/** Everybody who is nobody of the program: whoever looks in with an SDK or the AWS CLI. */
const user: Caller = { kind: "user", name: "user" };

/** Tells who makes a call, by the credentials that each function gets and by the executions of each state machine. */
export class Callers {
  private readonly byAccessKey = new Map<string, Caller>();
  private readonly byStateMachine = new Map<string, Caller>();

  /** Takes note of the functions and state machines of a program. */
  learn(graph: Graph): void {
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:lambda/function:Function")) {
      const name = String(outputs.name);
      this.byAccessKey.set(accessKeyOf(name), { kind: "function", name, roleArn: String(inputs.role) });
    }
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:sfn/stateMachine:StateMachine")) {
      const name = String(outputs.name);
      this.byStateMachine.set(name, { kind: "state-machine", name, roleArn: String(inputs.roleArn) });
    }
  }

  /** @returns whose access key it is; the user for any that no function has. */
  ofAccessKey(accessKeyId: string | undefined): Caller {
    return this.byAccessKey.get(accessKeyId ?? "") ?? user;
  }

  /** @throws {Error} for an execution of a state machine that is not the program's. */
  ofExecution(executionArn: string): Caller {
    // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME
    const caller = this.byStateMachine.get(executionArn.split(":")[6] ?? "");
    if (!caller) throw new Error(`The execution ${executionArn} is of no state machine of the program.`);
    return caller;
  }
}

/** @returns the temporary credentials that Lambda gives a function, as environment variables. */
export function credentialsOf(functionName: string): { [variable: string]: string } {
  return {
    AWS_ACCESS_KEY_ID: accessKeyOf(functionName),
    AWS_SECRET_ACCESS_KEY: digest(`secret ${functionName}`, 40),
    AWS_SESSION_TOKEN: digest(`session ${functionName}`, 64),
  };
}

/** Keys of temporary credentials begin with ASIA. */
function accessKeyOf(functionName: string): string {
  return `ASIA${digest(functionName, 16).toUpperCase()}`;
}

function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
