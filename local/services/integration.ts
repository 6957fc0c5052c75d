import type { Json, JsonObject } from "../json";
import type { InvocationResult } from "../lambda/function";

/** What an integration reaches. */
export interface IntegrationTarget {
  /** Calls an action of the service; its errors become those that Step Functions reports. */
  readonly call: (action: string, input: JsonObject) => Promise<JsonObject>;
  /** Invokes a function by name or ARN; undefined where there is none. */
  readonly invoke: (functionName: string, payload: Json) => Promise<InvocationResult> | undefined;
}

interface Integration {
  /** How the service is named in a Task's `Resource`, such as `dynamodb` in `arn:aws:states:::dynamodb:putItem`. */
  readonly name: string;
  /** What the names of its errors begin with, such as `DynamoDb` in `DynamoDb.ConditionalCheckFailedException`. */
  readonly prefix: string;
  /**
   * What `AccessDeniedException` becomes: in the SDK behind an integration, an exception that the service's API model does not name is the
   * service's own base exception. [inferred] for all but Lambda's.
   * @default - the API model names it, and it stays
   */
  readonly denial?: string;
}

/** `arn:aws:states:::aws-sdk:NAME:ACTION`: any action that the service serves, with or without a callback. */
export interface SdkIntegration extends Integration {
  /** Renames the members of an input to those of the API model. @default - they are the same */
  readonly toModel?: (args: JsonObject) => JsonObject;
  /** Renames the members of a result, and writes dates as text. @default - they are the same */
  readonly ofModel?: (result: JsonObject) => JsonObject;
}

/** `arn:aws:states:::NAME:ACTION`: the actions for which Step Functions has an integration of its own. */
export interface OptimizedIntegration extends Integration {
  /** By what follows the name in a `Resource`, such as `putItem`. */
  readonly actions: { readonly [action: string]: OptimizedAction };
}

export interface OptimizedAction {
  /** Whether it can wait for a task token. Source: Developer Guide, "Integrating services with Step Functions". */
  readonly callback: boolean;
  /** Performs the call. @default - calls the action of the same name */
  readonly perform?: (target: IntegrationTarget, args: JsonObject) => Promise<JsonObject>;
}
