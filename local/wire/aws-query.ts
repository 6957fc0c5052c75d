import { isJsonObject, type JsonObject } from "../json";
import { fromSqsQuery, sqsQueryCodes, toSqsQuery } from "../services/sqs/sqs-query";
import type { Protocol, ServiceName, WireRequest } from "./protocol";
import { nest } from "./query-parameters";
import { writeXml, writeXmlError, xmlDeclaration } from "./xml";

interface QueryApi {
  service: ServiceName;
  xmlns: string;
  /** What the query protocol calls errors that the API model names otherwise. */
  errorCodes: ReadonlyMap<string, string>;
  fromQuery: (parameters: JsonObject) => JsonObject;
  toQuery: (result: JsonObject) => JsonObject;
}

/** By the API version that each request carries. */
const apis: ReadonlyMap<string, QueryApi> = new Map<string, QueryApi>([
  [
    "2010-03-31",
    {
      service: "SNS",
      xmlns: "http://sns.amazonaws.com/doc/2010-03-31/",
      errorCodes: new Map([
        ["AuthorizationErrorException", "AuthorizationError"],
        ["NotFoundException", "NotFound"],
        ["InvalidParameterException", "InvalidParameter"],
      ]),
      fromQuery: (parameters) => parameters,
      toQuery: (result) => result,
    },
  ],
  [
    "2012-11-05",
    {
      service: "SQS",
      xmlns: "http://queue.amazonaws.com/doc/2012-11-05/",
      errorCodes: sqsQueryCodes,
      fromQuery: fromSqsQuery,
      toQuery: toSqsQuery,
    },
  ],
]);

const unknownXmlns = "http://webservices.amazon.com/AWSFault/2005-15-09";

/** The query protocol: a form with Action and Version, answered in XML. SNS speaks it, older SDKs speak it to SQS. */
export const awsQuery: Protocol = (request) => {
  const form = readForm(request);
  const action = form.get("Action");
  if (action === null) return undefined;
  const version = form.get("Version") ?? "";
  const api = apis.get(version);

  return {
    service: api?.service,
    action: api === undefined ? `${action} (version ${version || "unknown"})` : action,
    readInput: () => {
      const parameters = nest(
        [...form]
          .filter(([name]) => name !== "Action" && name !== "Version")
          .map(([name, value]) => [name.split("."), value]),
      );
      const input = isJsonObject(parameters) ? parameters : {};
      return api?.fromQuery(input) ?? input;
    },
    writeResult: (result, requestId) => ({
      status: 200,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body:
        xmlDeclaration +
        writeXml(
          `${action}Response`,
          {
            [`${action}Result`]: api?.toQuery(result) ?? result,
            ResponseMetadata: { RequestId: requestId },
          },
          ` xmlns="${api?.xmlns ?? unknownXmlns}"`,
        ),
    }),
    writeError: (error, requestId) => ({
      status: error.statusCode,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body: writeXmlError(
        error,
        api?.errorCodes.get(error.code) ?? error.code,
        requestId,
        api?.xmlns ?? unknownXmlns,
      ),
    }),
  };
};

function readForm(request: WireRequest): URLSearchParams {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return isForm ? new URLSearchParams(request.body) : request.query;
}
