import { isJsonObject, type Json, type JsonObject } from "../json";
import type { Protocol, WireRequest, WireResponse } from "./protocol";
import { nest } from "./query-parameters";
import { writeXml, writeXmlError, xmlDeclaration } from "./xml";

interface QueryApi {
  /** The API version that each request carries. */
  version: string;
  xmlns: string;
  /** What the query protocol calls errors that the API model names otherwise. */
  errorCodes: ReadonlyMap<string, string>;
  /** @default - members are as in the API model */
  fromQuery?: (parameters: JsonObject) => JsonObject;
  /** @default - members are as in the API model */
  toQuery?: (result: JsonObject) => JsonObject;
}

const unknownXmlns = "http://webservices.amazon.com/AWSFault/2005-15-09";

/**
 * The query protocol: a form with Action and Version, answered in XML. SNS speaks it, older SDKs speak it to SQS.
 *
 * @param api the service's own part. @default - the requests of all services, none of which is told apart
 */
export function awsQuery(api?: QueryApi): Protocol {
  const { xmlns = unknownXmlns, errorCodes, fromQuery = asItIs, toQuery = asItIs } = api ?? {};
  return (request) => {
    const form = readForm(request);
    const action = form.get("Action");
    if (action === null) return undefined;
    const version = form.get("Version") ?? "";
    if (api && api.version !== version) return undefined;

    return {
      action: api ? action : `${action} (version ${version || "unknown"})`,
      readInput: () => {
        const parameters = nest(
          [...form]
            .filter(([name]) => name !== "Action" && name !== "Version")
            .map(([name, value]) => [name.split("."), value]),
        );
        return fromQuery(isJsonObject(parameters) ? parameters : {});
      },
      writeResult: (result, requestId) => {
        const content = {
          [`${action}Result`]: toQuery(result),
          ResponseMetadata: { RequestId: requestId },
        };
        const body = xmlDeclaration + writeXml(`${action}Response`, content, ` xmlns="${xmlns}"`);
        return answer(200, body, requestId);
      },
      writeError: (error, requestId) => {
        const code = errorCodes?.get(error.code) ?? error.code;
        return answer(error.statusCode, writeXmlError(error, code, requestId, xmlns), requestId);
      },
    };
  };
}

/** Writes lists as the query protocol does, each item a `member`. */
export function wrapLists(value: Json): Json {
  if (Array.isArray(value)) return { member: value.map(wrapLists) };
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wrapLists(one)]));
}

const asItIs = (members: JsonObject) => members;

function answer(status: number, body: string, requestId: string): WireResponse {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

function readForm(request: WireRequest): URLSearchParams {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return isForm ? new URLSearchParams(request.body) : request.query;
}
