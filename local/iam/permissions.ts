import type { Json, JsonObject } from "../json";
import type { AuthorizationRequest } from "./evaluate";

/** Where resources that a call names without their ARNs are. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

export interface Lookups extends Place {
  /** The state machine that waits for a task token. */
  readonly stateMachineOfToken: (taskToken: string) => string | undefined;
}

/** A permission that a call needs; the keys that every request has are added to its context. */
export type Permission = Omit<AuthorizationRequest, "context"> & {
  readonly context?: AuthorizationRequest["context"];
};

/** Says which permissions an action's input asks for. */
export type PermissionsOf = (input: JsonObject, look: Lookups) => readonly Permission[];

/** For an action that asks for one permission on one resource. */
export const one =
  (action: string, resource: (input: JsonObject, look: Lookups) => string): PermissionsOf =>
  (input, look) => [{ action, resource: resource(input, look) }];

/** The resource of a list of everything, which knows none. */
export const everything = () => "*";

/** The resource whose ARN is a member of the input. */
export const given = (member: string) => (input: JsonObject) => text(input[member]);

export function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
