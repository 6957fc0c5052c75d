import type { Recording } from "./record";

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

/** The statements of a role's policy. */
export function statementsOf(recording: Recording, policy: string): Statement[] {
  const document = JSON.parse(recording.only(":RolePolicy", policy).inputs.policy) as {
    Version: string;
    Statement: Statement[];
  };
  if (document.Version !== "2012-10-17") throw new Error(`${policy} has the version ${document.Version}.`);
  return document.Statement;
}

export function allow(
  Action: string | readonly string[],
  Resource: readonly string[],
  Condition?: object,
): Statement {
  return { Effect: "Allow", Action, Resource, ...(Condition && { Condition }) };
}
