import { check, streamNotificationSchema } from "../contracts";
import { type SendWebhookEvent, type WebhookTarget, workflowError } from "../contracts/internal";
import { postWebhook } from "./send-webhook/post-webhook";
import { signatureHeaders } from "./send-webhook/sign";
import { GetSecretValueCommand, SecretsManagerClient } from "./shared/aws/secrets-manager";
import { namedError } from "./shared/runtime/errors";
import { type Handler, type Log, lambda } from "./shared/runtime/lambda";
import { isPreviousVersion } from "./shared/runtime/payload-version";

export interface SendWebhookDeps {
  secrets: SecretsManagerClient;
  targets: readonly WebhookTarget[];
  post: (url: URL, headers: { readonly [name: string]: string }, body: string) => Promise<number>;
  now: () => Date;
  log: Log;
}

/** What EventBridge tries again at an API destination, too. */
const isWorthAnotherTry = (status: number) => [401, 407, 409, 429].includes(status) || status >= 500;

/**
 * Posts a notification to a webhook that wants its requests signed. The signature is of now: StreamWebhooks tries for a day, and receivers refuse old ones.
 *
 * @throws {Error} `WebhookRefused` where no other try would help; any other error for StreamWebhooks to try again.
 */
export function createSendWebhook(deps: SendWebhookDeps): Handler<SendWebhookEvent, { status: number }> {
  return async (event) => {
    isPreviousVersion(event);
    const checked = check(streamNotificationSchema, event.notification);
    const target = checked.ok && deps.targets.find(({ name }) => name === checked.value.target);
    if (!checked.ok || !target) {
      throw refused("The notification is invalid, or of a target that is no more.");
    }
    const { id } = checked.value;
    deps.log.appendKeys({ notificationId: id, target: target.name });
    const body = JSON.stringify(checked.value);
    const seconds = Math.floor(deps.now().getTime() / 1000);
    const headers = signatureHeaders(await readSecret(deps, target), id, seconds, body);
    const status = await deps.post(
      new URL(target.url),
      { "content-type": "application/json", "user-agent": "stream-orchestration", ...headers },
      body,
    );
    deps.log.info("The webhook has answered.", { status });
    if (status >= 200 && status < 300) return { status };
    const message = `The target '${target.name}' answered with status ${status}.`;
    throw isWorthAnotherTry(status) ? new Error(message) : refused(message);
  };
}

function refused(message: string): Error {
  return namedError(workflowError("WebhookRefused"), message);
}

/** It is read each time: a secret may be rotated, and notifications are few. */
async function readSecret({ secrets }: SendWebhookDeps, { name, secretArn }: WebhookTarget): Promise<string> {
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (SecretString !== "") return SecretString;
  throw new Error(`The secret of the target '${name}' is empty.`);
}

export const handler = lambda("send-webhook", (log, environment) =>
  createSendWebhook({
    secrets: new SecretsManagerClient(),
    targets: JSON.parse(environment.WEBHOOK_TARGETS) as WebhookTarget[],
    post: postWebhook,
    now: () => new Date(),
    log,
  }),
);
