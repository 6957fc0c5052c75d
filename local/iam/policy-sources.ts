import type { Json } from "../json";

/** A resource of the program whose service takes on a role. */
export interface RoleUser {
  /** Such as `The function 'greeter'`. */
  readonly what: string;
  /** The principal of the service, such as `lambda.amazonaws.com`. */
  readonly service: string;
  readonly role: string;
  /** What the service says that it acts for, which a trust policy may ask for. */
  readonly sourceArn?: string;
}

/** A policy that says who may use a resource. */
export interface ResourcePolicy {
  /** The ARN of the resource. */
  readonly resource: string;
  readonly document: Json;
  /** Such as `The queue policy 'letters'`, for errors. */
  readonly owner: string;
}
