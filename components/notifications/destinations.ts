import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventSource, streamNotification } from "../../contracts";
import type { NotificationTargetArgs, PagerDutyArgs, WebhookArgs } from "../stream-orchestration-args";

/** A webhook that EventBridge can call: it cannot sign. */
interface UnsignedWebhookArgs extends Omit<WebhookArgs, "auth"> {
  auth: Exclude<WebhookArgs["auth"], { hmac: unknown }>;
}

/** A target that EventBridge can call. */
export type UnsignedTargetArgs = UnsignedWebhookArgs | PagerDutyArgs;

export function isCalled(target: NotificationTargetArgs): target is UnsignedTargetArgs {
  return target.type === "pagerduty" || (target.type === "webhook" && !("hmac" in target.auth));
}

/** How EventBridge calls a target. */
export interface Destination {
  readonly connection: Pick<aws.cloudwatch.EventConnectionArgs, "authorizationType" | "authParameters">;
  readonly url: pulumi.Input<string>;
  readonly maxPerSecond: pulumi.Input<number> | undefined;
  /** The part of the event that is the request's body. */
  readonly inputPath: string;
}

/** @returns the pattern of the events that are for a target. */
export function notificationsFor(target: string): object {
  return {
    source: [eventSource],
    "detail-type": [streamNotification.detailType],
    detail: { target: [target] },
  };
}

export function destinationOf(target: UnsignedTargetArgs): Destination {
  return target.type === "pagerduty" ? pagerDuty(target) : webhook(target);
}

function webhook({ url, auth, maxPerSecond }: UnsignedWebhookArgs): Destination {
  const common = { url, maxPerSecond, inputPath: "$.detail" };
  if ("apiKey" in auth) {
    const { header, value } = auth.apiKey;
    const apiKey = { key: header, value: pulumi.secret(value) };
    return { ...common, connection: { authorizationType: "API_KEY", authParameters: { apiKey } } };
  }
  const { tokenUrl, clientId, clientSecret, scope } = auth.oauth;
  const bodies = [
    { key: "grant_type", value: "client_credentials", isValueSecret: false },
    ...(scope === undefined ? [] : [{ key: "scope", value: scope, isValueSecret: false }]),
  ];
  return {
    ...common,
    connection: {
      authorizationType: "OAUTH_CLIENT_CREDENTIALS",
      authParameters: {
        oauth: {
          authorizationEndpoint: tokenUrl,
          httpMethod: "POST",
          clientParameters: { clientId, clientSecret: pulumi.secret(clientSecret) },
          oauthHttpParameters: { bodies },
        },
      },
    },
  };
}

/** Source: PagerDuty, "Events API v2". */
function pagerDuty({ routingKey }: PagerDutyArgs): Destination {
  const value = pulumi.secret(routingKey);
  return {
    url: "https://events.pagerduty.com/v2/enqueue",
    maxPerSecond: undefined,
    inputPath: "$.detail.pagerDuty",
    connection: {
      authorizationType: "API_KEY",
      authParameters: {
        // A connection needs an authorization, and PagerDuty looks at the key in the body alone.
        apiKey: { key: "X-Routing-Key", value },
        invocationHttpParameters: { bodies: [{ key: "routing_key", value, isValueSecret: true }] },
      },
    },
  };
}
