import type { PermissionsOf } from "../iam/permissions";
import type { ResourcePolicy, RoleUser } from "../iam/policy-sources";
import type { JsonObject } from "../json";
import type { Graph, RecordedResource } from "../record/graph";
import type { OutputsByType } from "../record/outputs";
import type { Protocol } from "../wire/protocol";
import type { OptimizedIntegration, SdkIntegration } from "./integration";
import type { AwsService } from "./service";
import type { ServiceContext } from "./service-context";

/** An error as a service reports it. */
export type ErrorWords = readonly [code: string, message: string, statusCode: number];

/** The API of a simulated service: how calls reach it, what they need, and how they fail. */
export interface ServiceApi {
  /** What requests to it are signed for, as in `Credential=KEY/DATE/REGION/states/aws4_request`. */
  readonly signingName: string;
  /** Recognize the requests of the service's clients. No request may be recognized by two services. */
  readonly protocols: readonly Protocol[];
  /**
   * The actions that a program may call, with the permissions that each asks for. Source: the Service Authorization Reference. An action that
   * is served and not named here is for callers from outside alone.
   */
  readonly actions: { readonly [action: string]: PermissionsOf };
  /** The condition keys of its own that `actions` give their requests. @default - none */
  readonly conditionKeys?: readonly string[];
  /** How it reports that IAM refused a call. */
  readonly denial: { readonly code: string; readonly statusCode: number };
  /** How it throttles and how it breaks down, in the words that the SDKs and the workflow's retriers know. */
  readonly faults: { readonly throttle: ErrorWords; readonly broken: ErrorWords };
  /** How workflows call it. @default - they cannot */
  readonly integrations?: { readonly sdk?: SdkIntegration; readonly optimized?: OptimizedIntegration };
}

/**
 * Declares a resource. One that AWS would take and the local runtime does not serve is only recorded, unless the program is to be refused for it.
 *
 * @returns why it is only recorded; undefined where it is served.
 */
export type OrRecord = (resource: RecordedResource, declare: () => void) => string | undefined;

/** Everything that the runtime needs to know about one simulated AWS service. */
export interface ServiceDefinition<TName extends string, TService> {
  /** The name of its SDK client, such as `DynamoDB`. */
  readonly name: TName;
  /** Creates the service, without any resources. */
  readonly create: (context: ServiceContext) => TService | Promise<TService>;
  /** The resource types of Pulumi that belong to it, with what their provider answers. */
  readonly outputs: OutputsByType;
  /**
   * Says why the service cannot serve a resource of one of its types: an alarm of a metric that nothing here has, say. Such a resource is recorded
   * and stays inert.
   *
   * @returns undefined for one that it serves.
   * @default - it serves all of them
   */
  readonly unserved?: (resource: { type: string; name: string; inputs: JsonObject }) => string | undefined;
  /**
   * Creates in the service what the program registered, and updates what a deployment before has created. What the program has no more stays.
   * @default - nothing
   */
  readonly declare?: (graph: Graph, service: TService, orRecord: OrRecord) => void | Promise<void>;
  /** Finds its resources that act with a role. @default - none does */
  readonly roleUsers?: (graph: Graph) => readonly RoleUser[];
  /**
   * Finds the policies of its resources.
   *
   * @throws {PolicyError} for what the local runtime does not serve.
   * @default - they have none
   */
  readonly resourcePolicies?: (graph: Graph) => readonly ResourcePolicy[];
  /** @default - nothing calls it; it reacts to the other services */
  readonly api?: ServiceApi;
}

/** A service that can be called. */
export interface CallableDefinition<TName extends string, TService extends AwsService>
  extends ServiceDefinition<TName, TService> {
  readonly api: ServiceApi;
}

/**
 * Registers a simulated service: the one value in the service's folder from which the runtime derives the rest. It is served once it stands
 * in the list of `local/services/index.ts`.
 */
export function defineService<const TName extends string, TService extends AwsService>(
  definition: CallableDefinition<TName, TService>,
): CallableDefinition<TName, TService>;
export function defineService<const TName extends string, TService>(
  definition: ServiceDefinition<TName, TService> & { readonly api?: never },
): ServiceDefinition<TName, TService>;
export function defineService<TDefinition>(definition: TDefinition): TDefinition {
  return definition;
}
