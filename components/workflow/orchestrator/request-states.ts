import { streamLifecycleOrchestrator as contract } from "../../../contracts";
import {
  type Attempt,
  attemptExpression,
  attemptNames,
  type ValidateProvisionRequestEvent,
} from "../../../contracts/internal";
import { task } from "../shared/asl";
import { attemptKey, requestedEntry, statusValue } from "../shared/attempt-item";
import {
  callTimeoutSeconds,
  enteredTime,
  eventText,
  execution,
  executionId,
  invocation,
  lambdaTimeoutSeconds,
} from "../shared/expressions";
import { caught, nothingToCleanUp } from "../shared/failures";
import { jsonata, partOfJsonata, type SentItem } from "../shared/jsonata";
import { dynamoDbRetriers, eventBridgeRetriers, validateRetriers } from "../shared/retriers";
import type { OrchestratorSettings, States } from "../shared/settings";
import { hasInputs, leased } from "./lease-event";

/** From the request to a stream that is known: checked, stored, announced. */
export function requestStates(settings: OrchestratorSettings) {
  const { tableName } = settings;
  return {
    ValidateProvisionRequest: task({
      Resource: "arn:aws:states:::lambda:invoke",
      Arguments: invocation<ValidateProvisionRequestEvent>(settings.validateFunctionArn, {
        request: jsonata("$states.input"),
        execution,
        leadTimeMinutes: settings.leadTimeMinutes,
        held: false,
        setsInputs: true,
      }),
      TimeoutSeconds: lambdaTimeoutSeconds,
      Retry: validateRetriers,
      Catch: [caught("ValidateProvisionRequest", nothingToCleanUp, { provision: null })],
      Assign: { provision: jsonata("$states.result.Payload"), abandoned: [], turnTries: 0, playbackTries: 0 },
      Output: {},
      Next: "PersistProvisionRequest",
    }),

    PersistProvisionRequest: task({
      Resource: "arn:aws:states:::dynamodb:putItem",
      Arguments: {
        TableName: tableName,
        Item: {
          ...attemptKey,
          status: { S: "PROVISIONING" },
          title: { S: jsonata("$provision.request.title") },
          startTime: { S: jsonata("$provision.request.startTime") },
          request: { S: jsonata("$provision.requestText") },
          executionArn: { S: executionId },
          history: requestedEntry(contract.name),
          requestedAt: { S: jsonata("$states.context.Execution.StartTime") },
          updatedAt: { S: enteredTime },
          ...(settings.requireRunning && { requireRunning: { BOOL: true } }),
        } satisfies SentItem<Partial<Attempt>>,
        // Create-only; a retry whose first answer was lost finds its own item as that call wrote it. A call that takes effect minutes later
        // finds more in it, such as a confirmation, and must not take that away.
        ConditionExpression: attemptExpression(
          "attribute_not_exists(streamId) OR (executionArn = :me AND #status = :provisioning AND attribute_not_exists(ownsChannel) AND attribute_not_exists(heldUntil))",
        ),
        ExpressionAttributeNames: attemptNames,
        ExpressionAttributeValues: {
          ":me": { S: executionId },
          ":provisioning": statusValue("PROVISIONING"),
        },
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: dynamoDbRetriers,
      Catch: [caught("PersistProvisionRequest", nothingToCleanUp)],
      Output: {},
      Next: "EmitProvisionRequestedEvent",
    }),

    EmitProvisionRequestedEvent: task({
      Resource: "arn:aws:states:::events:putEvents",
      Arguments: {
        // A stream that has its channel already, and whose inputs are not to be read first, is told of in the same call.
        Entries: jsonata<string>(`[
          ${eventText(settings, "StreamProvisionRequested", `$merge([${announcedRequest(settings)}, {"attempt": $provision.attempt}])`)},
          $provision.channel != null and $not(${hasInputs}) ? ${eventText(settings, "StreamLifecycleProgressed", leased)}
        ]`),
      },
      TimeoutSeconds: callTimeoutSeconds,
      Retry: eventBridgeRetriers,
      Catch: [caught("EmitProvisionRequestedEvent", nothingToCleanUp)],
      Output: {},
      Next: settings.leadTimeMinutes === null ? "ReservePlaybackPlace" : "DecideStart",
    }),
  } as const satisfies States;
}

/** What everybody is told of a request, in JSONata. The URL of an ingest endpoint may hold its stream key. */
function announcedRequest({ includeIngestEndpoints }: OrchestratorSettings): string {
  return includeIngestEndpoints
    ? partOfJsonata("$provision.request")
    : partOfJsonata('$sift($provision.request, function($value, $member) { $member != "ingestEndpoints" })');
}
