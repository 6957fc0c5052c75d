import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AwsServices, apis, type ServiceName } from "../services";
import { AwsError, ConnectionLost, unknownAction } from "../services/service";
import { awsJson } from "./aws-json";
import { awsQuery } from "./aws-query";
import type { Protocol, WireCall, WireRequest, WireResponse } from "./protocol";

/** DynamoDB takes the largest requests of the services here: 16 MB for a BatchWriteItem. */
const maxBodyBytes = 16 * 1024 * 1024;

/** Every protocol of every service; what none of them recognizes is refused in the words of its protocol, where that is clear. */
const protocols: readonly [service: ServiceName | undefined, protocol: Protocol][] = [
  ...Object.entries(apis).flatMap(([service, { protocols }]) =>
    protocols.map((protocol): [ServiceName, Protocol] => [service as ServiceName, protocol]),
  ),
  [undefined, awsJson()],
  [undefined, awsQuery()],
];

/**
 * The services as a caller reaches them, by the access key that a request is signed with, if it is signed, and by the
 * trace that it is a part of, which Lambda's SDK names.
 */
export type ServicesFor = (accessKeyId: string | undefined, traceId: string | undefined) => AwsServices;

export interface AwsServerOptions {
  readonly services: AwsServices | ServicesFor;
  /**
   * Says which resources of the program a request that is not served is about.
   *
   * @param service the service's name in the signature, such as `s3`.
   * @param texts what the request says.
   */
  readonly explain?: (service: string, texts: readonly string[]) => string | undefined;
}

/**
 * Creates a server that AWS SDKs and the AWS CLI take for AWS: point `AWS_ENDPOINT_URL` at it. It tells services
 * apart by protocol, target header and path, since all of them share one address.
 * @returns the server, not yet listening.
 */
export function createAwsServer({ services, explain = () => undefined }: AwsServerOptions): Server {
  const servicesFor = typeof services === "function" ? services : () => services;
  return createServer((request, response) => {
    answer(request, servicesFor, explain).then(
      (answered) => send(response, answered),
      // The client went away while it was sending, or is to see the connection break.
      () => response.destroy(),
    );
  });
}

async function answer(
  incoming: IncomingMessage,
  servicesFor: ServicesFor,
  explain: NonNullable<AwsServerOptions["explain"]>,
): Promise<WireResponse> {
  const requestId = randomUUID();
  const body = await readBody(incoming);
  if (body === undefined) {
    const message = `A request has at most ${maxBodyBytes} bytes.`;
    return plainError(413, "RequestEntityTooLargeException", message, requestId);
  }
  const url = new URL(incoming.url ?? "/", "http://localhost");
  const request: WireRequest = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
  };
  const recognized = recognize(request);
  const explained = () => {
    const service = signedFor(request) ?? "";
    return explain(service, [decodeURIComponent(incoming.url ?? ""), request.headers.host ?? "", body]);
  };
  if (recognized === undefined) {
    const service = signedFor(request);
    const what = `${service === undefined ? "" : `${service}: `}${request.method} ${request.path}`;
    const message = [`The local runtime does not serve ${what}.`, explained() ?? []].flat().join(" ");
    return unservedError(message, service, requestId);
  }
  const { name, call } = recognized;
  try {
    const services = servicesFor(accessKeyOf(request), traceIdOf(request));
    const service = name === undefined ? undefined : services[name];
    if (service === undefined) {
      const { code, message, statusCode } = unknownAction(name ?? "the action", call.action);
      throw new AwsError(code, [message, explained() ?? []].flat().join(" "), statusCode);
    }
    const result = await service.call(call.action, await call.readInput());
    return call.writeResult(result, requestId);
  } catch (error) {
    if (error instanceof ConnectionLost) throw error;
    return call.writeError(asAwsError(error), requestId);
  }
}

/** Reads the access key of Signature Version 4's header: `AWS4-HMAC-SHA256 Credential=KEY/…`. */
function accessKeyOf({ headers }: WireRequest): string | undefined {
  return /\bCredential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1];
}

/** Reads the service from the scope of a signature: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function signedFor({ headers, query }: WireRequest): string | undefined {
  const scope =
    /\bCredential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? query.get("X-Amz-Credential");
  return scope?.split("/")[3];
}

function traceIdOf({ headers }: WireRequest): string | undefined {
  const traceId = headers["x-amzn-trace-id"];
  return typeof traceId === "string" ? traceId : undefined;
}

function recognize(request: WireRequest): { name: ServiceName | undefined; call: WireCall } | undefined {
  for (const [name, protocol] of protocols) {
    const call = protocol(request);
    if (call !== undefined) return { name, call };
  }
  return undefined;
}

/** A fault of the runtime itself is answered as AWS answers its own; its message helps more here than it does there. */
function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError("InternalFailure", message, 500);
}

/** @returns the body as text, or nothing when it is larger than a body may be. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped, so that the client gets to read the answer.
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}

/** S3's clients read errors as XML. Status 400 keeps the SDKs from trying again. */
function unservedError(message: string, service: string | undefined, requestId: string): WireResponse {
  if (service !== "s3") return plainError(404, "UnknownOperationException", message, requestId);
  const text = message.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NotImplemented</Code><Message>${text}</Message><RequestId>${requestId}</RequestId></Error>`;
  return { status: 400, headers: { "content-type": "application/xml", "x-amz-request-id": requestId }, body };
}

function plainError(status: number, code: string, message: string, requestId: string): WireResponse {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "x-amzn-requestid": requestId,
      "x-amzn-errortype": code,
    },
    body: JSON.stringify({ __type: code, message }),
  };
}

function send(response: ServerResponse, answered: WireResponse): void {
  const body = Buffer.from(answered.body);
  response.writeHead(answered.status, { ...answered.headers, "content-length": body.length });
  response.end(body);
}
