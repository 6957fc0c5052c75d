import { AwsError } from "../service";
import { type ActionInput, invalid } from "./step-functions-input";
import type { StateMachineShape } from "./step-functions-shapes";

/** White space, brackets, wildcards, special and control characters, surrogates. Source: API reference, StartExecution. */
const forbiddenInNames = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;

/** Members of CreateStateMachine that would change what it does, and that are not served. */
const unservedMembers = ["publish", "versionDescription", "encryptionConfiguration"];

/** @returns a name of a state machine or an execution. @throws {AwsError} `InvalidName` when it may not be one. */
export function checkedName(name: string): string {
  if (name.length >= 1 && name.length <= 80 && !forbiddenInNames.test(name)) return name;
  throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
}

/**
 * Reads the input of CreateStateMachine. Tags, logging and tracing are accepted, and have no effect.
 * @throws {AwsError} `InvalidName`; `ValidationException` for a missing member, and for one that is not served.
 */
export function readStateMachine(
  members: ActionInput,
  { region, accountId }: { region: string; accountId: string },
): StateMachineShape {
  for (const member of unservedMembers) {
    if (members.has(member))
      throw invalid(`The local runtime does not serve CreateStateMachine's '${member}'.`);
  }
  const name = checkedName(members.text("name"));
  return {
    name,
    arn: `arn:aws:states:${region}:${accountId}:stateMachine:${name}`,
    definition: members.text("definition"),
    roleArn: members.text("roleArn"),
    type: members.oneOf("type", ["STANDARD", "EXPRESS"]) ?? "STANDARD",
  };
}
