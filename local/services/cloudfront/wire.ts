import { isJsonObject, type JsonObject } from "../../json";
import type { Protocol, WireRequest } from "../../wire/protocol";
import { readXml, writeXml, writeXmlError, xmlDeclaration } from "../../wire/xml";
import { AwsError } from "../service";
import { fromXmlShape, toXmlShape } from "./cloudfront-xml";

const xmlns = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/** The actions that are served, by method and what follows the distribution's id. */
const actions: ReadonlyMap<string, string> = new Map([
  ["GET ", "GetDistribution"],
  ["GET /config", "GetDistributionConfig"],
  ["PUT /config", "UpdateDistribution"],
]);

/** CloudFront's REST-XML: `/2020-05-31/distribution/{Id}[/config]`, ETags in headers. */
export const cloudFrontXml: Protocol = (request) => {
  const match = /^\/2020-05-31\/([^/]+)(?:\/([^/]+))?(\/.*)?$/.exec(request.path);
  if (match === null) return undefined;
  const [, resource, id, rest = ""] = match;
  const isDistribution = resource === "distribution" && id !== undefined;
  const action = isDistribution ? actions.get(`${request.method} ${rest}`) : undefined;

  return {
    action: action ?? `${request.method} ${request.path}`,
    readInput: async () => ({
      ...(id === undefined ? {} : { Id: decodeURIComponent(id) }),
      ...(action === "UpdateDistribution" ? await readUpdate(request) : {}),
    }),
    writeResult: (result, requestId) => {
      const { ETag, ...payload } = result;
      const [root = ["Result", {}]] = Object.entries(payload);
      const [name, content] = root;
      const etag: Record<string, string> = typeof ETag === "string" ? { etag: ETag } : {};
      return {
        status: 200,
        headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, ...etag },
        body: xmlDeclaration + writeXml(name, toXmlShape(name, content), ` xmlns="${xmlns}"`),
      };
    },
    writeError: (error, requestId) => ({
      status: error.statusCode,
      headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
      body: writeXmlError(error, error.code, requestId, xmlns),
    }),
  };
};

async function readUpdate(request: WireRequest): Promise<JsonObject> {
  const ifMatch = request.headers["if-match"];
  const input: JsonObject = ifMatch === undefined ? {} : { IfMatch: ifMatch };
  if (request.body === "") return input;
  const { name, content } = await readXml(request.body);
  const config = fromXmlShape(name, content);
  if (name !== "DistributionConfig" || !isJsonObject(config)) {
    throw new AwsError("MalformedXML", `Expected a DistributionConfig but received a ${name}.`);
  }
  return { ...input, DistributionConfig: config };
}
