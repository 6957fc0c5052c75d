import * as pulumi from "@pulumi/pulumi";

/** What pages send with a request: a body, a token, or what signs and traces it. */
const headers = [
  "authorization",
  "content-type",
  // Signature Version 4 (AWS's signers and SDKs for JavaScript)
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  // AWS's SDKs
  "amz-sdk-invocation-id",
  "amz-sdk-request",
  "x-amz-user-agent",
  // W3C Trace Context and Baggage (OpenTelemetry), X-Ray
  "baggage",
  "traceparent",
  "tracestate",
  "x-amzn-trace-id",
];

/** @returns the headers that a page of another origin may send: the usual ones and further ones, each once, in lower case. */
export function allowedHeaders(further: pulumi.Input<pulumi.Input<string>[]>): pulumi.Output<string[]> {
  return pulumi
    .output(further)
    .apply((names) => [...new Set([...headers, ...names.map((name) => name.toLowerCase())])]);
}
