import type { Caller } from "../calls/caller";
import type { JsonObject } from "../json";

/**
 * A simulated AWS service, in terms of its API model: action and shape names as AWS's service models spell them
 * (`StartChannel`, `ChannelId`), whatever the wire protocol. Both the wire protocols and the workflow's
 * integrations call services through this one door.
 */
export interface AwsService {
  /**
   * Performs one action.
   * @param action the action's name in the service's API model, such as `PutEvents`.
   * @param input the action's input, member names as in the API model.
   * @param caller who calls. @default - nobody in particular
   * @throws {AwsError} when the service refuses; an unknown action is `UnknownOperationException`.
   */
  call(action: string, input: JsonObject, caller?: Caller): Promise<JsonObject>;
  /** Ends what runs or waits in it. @default - nothing does */
  stop?(): unknown;
}

/** An error as an AWS service reports it. */
export class AwsError extends Error {
  /**
   * @param code the error's name in the service's API model, such as `ConflictException` or `PreconditionFailed`.
   * @param message what the service says.
   * @param statusCode the HTTP status it is sent with.
   * @param members further members of the error shape, such as `CancellationReasons`.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
    readonly members: JsonObject = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** No answer came: the connection broke, whether before the call took effect or after. */
export class ConnectionLost extends AwsError {
  constructor() {
    // Step Functions reports it by this name; over the wire there is nothing but a closed connection.
    super("SdkClientException", "Unable to execute HTTP request: the connection was closed.", 500);
  }
}

/** The error for an action that the local runtime does not serve: it names the action and never guesses. */
export function unknownAction(service: string, action: string): AwsError {
  return new AwsError(
    "UnknownOperationException",
    `The local runtime does not serve ${service} ${action}.`,
    400,
  );
}
