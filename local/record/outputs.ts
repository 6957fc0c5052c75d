import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../json";

/** Where the recorded resources pretend to be. */
export interface AwsPlace {
  readonly accountId: string;
  readonly region: string;
  /** The base URL under which HTTP APIs are served. */
  readonly apiUrl: string;
  /** The base URL of one HTTP API, by its id. @default - {@link apiUrl} */
  readonly apiUrlOf?: (apiId: string) => string;
  /** The base URL of the AWS wire protocols. */
  readonly awsUrl: string;
}

/** A registered resource, as far as its provider needs to know it. */
export interface RegisteredResource {
  /** The name given by the program, or else the one that Pulumi would make. */
  readonly physicalName: string;
  /** The id by which the program reads an existing resource. @default - the resource is the program's own */
  readonly givenId?: string | undefined;
  readonly inputs: JsonObject;
  readonly place: AwsPlace;
}

/** Says what a provider adds to the inputs of a resource. */
export type Outputs = (resource: RegisteredResource) => { id: string; [output: string]: Json };

/** What the providers of several resource types answer, by type token such as `aws:sqs/queue:Queue`. */
export interface OutputsByType {
  readonly [type: string]: Outputs;
}

/** @returns the ARN of a resource of the place's Region. */
export function localArn(place: AwsPlace, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** For a resource whose id is its name. */
export function named({ physicalName }: RegisteredResource): { id: string; name: string } {
  return { id: physicalName, name: physicalName };
}

/** For a resource whose id AWS makes up. */
export function numbered(prefix: string): Outputs {
  return ({ physicalName }) => ({ id: `${prefix}-${digest(physicalName, 17)}` });
}

/** For a resource with an id, a name and an ARN that ends in its name. */
export function namedWithArn(service: string, prefix = ""): Outputs {
  return (resource) => ({
    ...named(resource),
    arn: localArn(resource.place, service, `${prefix}${resource.physicalName}`),
  });
}

/** For a resource whose id is its ARN, which ends in its name. */
export function identifiedByArn(service: string, prefix = ""): Outputs {
  return ({ physicalName, place }) => {
    const arn = localArn(place, service, `${prefix}${physicalName}`);
    return { id: arn, name: physicalName, arn };
  };
}

/** @returns the same made-up text from run to run, where AWS would draw a random one. */
export function digest(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
