import { createHash } from "node:crypto";
import { type KnownCredentials, localUser } from "../auth";
import { invocationOfTrace } from "../lambda/invocations";
import { type Graph, resourcesOfType } from "../record/graph";
import type { Caller } from "./calls";

/** Everybody who is nobody of the program: whoever looks in with an SDK or the AWS CLI. */
const user: Caller = { kind: "user", name: "user" };

/** Tells who makes a call, by the credentials that each function gets and by the role of each execution. */
export class Callers {
  private readonly byAccessKey = new Map<string, Caller>();
  private readonly byFunction = new Map<string, Caller>();

  /** Takes note of the functions of a program. */
  learn(graph: Graph): void {
    for (const { inputs, outputs } of resourcesOfType(graph, "aws:lambda/function:Function")) {
      const name = String(outputs.name);
      const caller: Caller = { kind: "function", name, roleArn: String(inputs.role) };
      this.byFunction.set(name, caller);
      this.byAccessKey.set(accessKeyOf(name), caller);
    }
  }

  /** @returns whose access key it is; the user for any that no function has. */
  ofAccessKey(accessKeyId: string | undefined, traceId?: string): Caller {
    const caller = this.byAccessKey.get(accessKeyId ?? "");
    if (!caller) return user;
    const invocationId = invocationOfTrace(traceId);
    return invocationId === undefined ? caller : { ...caller, invocationId };
  }

  /** @returns the credentials of an access key that is the local user's or a function's. */
  credentialsFor(accessKeyId: string): KnownCredentials | undefined {
    if (accessKeyId === localUser.accessKeyId) {
      return { secretAccessKey: localUser.secretAccessKey, caller: { kind: "user", name: localUser.name } };
    }
    const caller = this.byAccessKey.get(accessKeyId);
    if (!caller) return undefined;
    const { AWS_SECRET_ACCESS_KEY: secretAccessKey = "", AWS_SESSION_TOKEN: sessionToken } = credentialsOf(
      caller.name,
    );
    return { secretAccessKey, sessionToken, caller };
  }

  /** @throws {Error} for a function that is not the program's. */
  ofFunction(name: string): Caller {
    const caller = this.byFunction.get(name);
    if (!caller) throw new Error(`The function ${name} is not of the program.`);
    return caller;
  }

  /** @param roleArn the role with which the execution began. */
  ofExecution(executionArn: string, roleArn: string): Caller {
    // arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME
    return { kind: "state-machine", name: executionArn.split(":")[6] ?? "", roleArn, executionArn };
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
