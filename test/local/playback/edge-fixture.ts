import type { JsonObject } from "../../../local/json";
import { Edge } from "../../../local/playback/edge";
import { type Answer, type Headers, readViewerRequest } from "../../../local/playback/exchange";
import type { OriginRequest } from "../../../local/playback/origin-request";
import type { RecordedResource } from "../../../local/record/graph";
import { CloudFront } from "../../../local/services";
import { SteppedClock } from "../../support/stepped-clock";

export const functionArn = "arn:aws:cloudfront::000000000000:function/rewrite";
const stripFirst = `function handler(event) {
  event.request.uri = event.request.uri.replace(/^\\/[^\\/]+/, "") || "/";
  return event.request;
}`;

/** What the program of a test registers, and its distribution. */
export interface EdgeSetup {
  readonly config?: JsonObject;
  /** The code of the function at {@link functionArn}. */
  readonly code?: string;
  readonly resources?: readonly RecordedResource[];
}

/** An edge location before one distribution, whose origins are a function of the test. */
export class EdgeFixture {
  readonly clock = new SteppedClock();
  readonly asked: OriginRequest[] = [];
  readonly logs: string[] = [];
  readonly cloudFront = new CloudFront({ clock: this.clock, accountId: "000000000000" });
  /** What the origins answer; at first their own names and the path. */
  origin = (request: OriginRequest): Answer => ok(`${request.domainName} ${request.path}`);
  private readonly edge: Edge;

  constructor({ config = {}, code = stripFirst, resources = [] }: EdgeSetup = {}) {
    this.cloudFront.addDistribution("E1", config);
    this.edge = new Edge({
      graph: {
        resources: [
          recorded("function:Function", { code }, { arn: functionArn, name: "rewrite" }),
          ...resources,
        ],
        outputs: {},
      },
      cloudFront: this.cloudFront,
      clock: this.clock,
      origin: (request) => {
        this.asked.push(request);
        return this.origin(request);
      },
      onLog: (_name, line) => this.logs.push(line),
    });
  }

  send(method: string, target: string, headers: Headers = {}): Promise<Answer> {
    return this.edge.answer(readViewerRequest(method, target, { host: "127.0.0.1:8789", ...headers }));
  }

  get(target: string, headers: Headers = {}): Promise<Answer> {
    return this.send("GET", target, headers);
  }

  /** Status, the first word of X-Cache, and body. */
  async see(target: string, headers: Headers = {}): Promise<string> {
    const { status, headers: answered, body } = await this.get(target, headers);
    return `${status} ${answered["x-cache"]?.split(" ")[0]} ${body.toString()}`;
  }
}

export function ok(body: string, headers: Headers = {}): Answer {
  return { status: 200, headers, body: Buffer.from(body) };
}

export function recorded(
  type: string,
  inputs: JsonObject,
  outputs: JsonObject = {},
  id = "id",
): RecordedResource {
  const [module = ""] = type.split(":");
  return {
    type: `aws:cloudfront/${module}:${type.split(":")[1] ?? ""}`,
    name: id,
    id,
    inputs,
    outputs: { ...inputs, ...outputs },
  };
}

/** A cache policy that keeps objects for ten seconds unless the origin says otherwise. */
export function cachePolicy(parameters: JsonObject = {}, ttl: JsonObject = {}): RecordedResource {
  const none = {
    cookiesConfig: { cookieBehavior: "none" },
    headersConfig: { headerBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "none" },
  };
  const parametersInCacheKeyAndForwardedToOrigin = { ...none, ...parameters };
  return recorded(
    "cachePolicy:CachePolicy",
    { minTtl: 0, defaultTtl: 10, maxTtl: 60, ...ttl, parametersInCacheKeyAndForwardedToOrigin },
    {},
    "policy",
  );
}

/** A configuration with these behaviours, in order, each with an origin of its own unless it names one. */
export function configOf(...behaviors: readonly JsonObject[]): JsonObject {
  const ids = ["default", ...behaviors.map(({ TargetOriginId }) => String(TargetOriginId))];
  const origins = [...new Set(ids)].map((Id) => ({ Id, DomainName: `${Id}.example.com` }));
  return {
    Origins: { Quantity: origins.length, Items: origins },
    CacheBehaviors: { Quantity: behaviors.length, Items: [...behaviors] },
  };
}

/** A behaviour for a path, with the cache policy of {@link cachePolicy}. */
export function behavior(PathPattern: string, TargetOriginId: string, more: JsonObject = {}): JsonObject {
  return { PathPattern, TargetOriginId, CachePolicyId: "policy", ...more };
}

export const viewerRequest: JsonObject = {
  FunctionAssociations: { Quantity: 1, Items: [{ EventType: "viewer-request", FunctionARN: functionArn }] },
};
