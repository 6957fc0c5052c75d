import { randomBytes } from "node:crypto";
import type { JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import type { CloudFront } from "../services/cloudfront/cloudfront";
import type { Clock } from "../time/clock";
import { cacheKey, keyedParts } from "./cache-key";
import { CachePolicies, type CachePolicy } from "./cache-policies";
import { itemsOf, originsOf, selectBehavior, textsOf } from "./distribution-config";
import { errorPage, signatureError } from "./edge-answers";
import { EdgeCache } from "./edge-cache";
import { type EdgeFunction, EdgeFunctionError, runViewerRequestFunction } from "./edge-function";
import { type Answer, readViewerRequest, type ViewerRequest } from "./exchange";
import { lifetime } from "./lifetime";
import { OriginRequests, type OriginServer } from "./origin-request";
import { TrustedKeys, withoutSignature } from "./signed-request";

export interface EdgeOptions {
  readonly graph: Graph;
  readonly cloudFront: CloudFront;
  readonly clock: Clock;
  readonly origin: OriginServer;
  /** Takes what a CloudFront function logs. @default - it is lost */
  readonly onLog?: (functionName: string, line: string) => void;
}

/** One distribution, as an edge location knows it. */
interface Distribution {
  readonly id: string;
  readonly domain: string;
  readonly config: JsonObject;
}

/** One object on its way to the viewer. */
interface Found {
  readonly answer: Answer;
  readonly xCache: string;
  readonly age?: number;
}

const fail = (answer: Answer): Found => ({ answer, xCache: "Error from cloudfront" });

/**
 * One edge location of CloudFront: answers viewers as the program's distributions say. What it does not serve is answered 502, with the reason.
 * Requests count as HTTPS whatever they came by.
 */
export class Edge {
  private readonly policies: CachePolicies;
  private readonly keys: TrustedKeys;
  private readonly originRequests: OriginRequests;
  private readonly functions: ReadonlyMap<string, EdgeFunction>;
  private readonly cache: EdgeCache;

  constructor(private readonly options: EdgeOptions) {
    const { graph, clock } = options;
    this.policies = new CachePolicies(graph);
    this.keys = new TrustedKeys(graph);
    this.originRequests = new OriginRequests(graph);
    this.cache = new EdgeCache(clock);
    this.functions = new Map(
      resourcesOfType(graph, "aws:cloudfront/function:Function").map(({ outputs, inputs }) => [
        String(outputs.arn),
        { name: String(outputs.name), code: String(inputs.code) },
      ]),
    );
  }

  /** Answers a viewer, with the headers that CloudFront adds. The body of an answer to HEAD is empty. */
  async answer(request: ViewerRequest): Promise<Answer> {
    const found = await this.find(request, this.cache);
    return this.finish(request, found);
  }

  /** Answers as {@link answer} does, with an empty cache: no viewer sees a trace of it. */
  async probe(path: string): Promise<Answer> {
    const request = readViewerRequest("GET", path, { host: "localhost" });
    return this.finish(request, await this.find(request, new EdgeCache(this.options.clock)));
  }

  private async find(request: ViewerRequest, cache: EdgeCache): Promise<Found> {
    const distribution = this.distributionFor(request.headers.host ?? "");
    if (typeof distribution === "string") return fail(errorPage(403, "Bad request.", distribution));
    const behavior = selectBehavior(distribution.config, request.path);
    const found = await this.admit(request, behavior, distribution, cache);
    return this.customize(found, distribution, cache);
  }

  /** @returns the distribution that a Host names, or the only one; or why there is none. */
  private distributionFor(host: string): Distribution | string {
    const { cloudFront } = this.options;
    const name = host.replace(/:\d+$/, "").toLowerCase();
    const all = cloudFront.distributionIds().map(
      (id): Distribution => ({
        ...{ id, domain: `${id.toLowerCase()}.cloudfront.net` },
        config: cloudFront.configOf(id),
      }),
    );
    const named = all.find(
      ({ domain, config }) =>
        domain.split(".")[0] === name.split(".")[0] || textsOf(config.Aliases).includes(name),
    );
    const [only] = all;
    if (named) return named;
    if (only && all.length === 1) return only;
    const domains = all.map(({ domain }) => domain).join(", ") || "none";
    return `The Host '${host}' names no distribution. There are: ${domains}.`;
  }

  private async admit(
    request: ViewerRequest,
    behavior: JsonObject,
    distribution: Distribution,
    cache: EdgeCache,
  ): Promise<Found> {
    const { config, domain } = distribution;
    const { method } = request;
    if (config.Enabled === false)
      return fail(errorPage(403, "Bad request.", "The distribution is disabled."));
    if (method === "TRACE" || method === "CONNECT") return fail(errorPage(405, "Bad request."));
    if (!textsOf(behavior.AllowedMethods).includes(method)) {
      const text = `This distribution is not configured to allow the HTTP request method that was used for this request.
The distribution supports only cachable requests.`;
      return fail(
        errorPage(403, text, `The behaviour allows ${textsOf(behavior.AllowedMethods).join(", ")}.`),
      );
    }
    const domains = [request.headers.host ?? domain, domain];
    const refusal = this.keys.check(behavior, request, domains, this.options.clock.now());
    if (refusal) return fail(signatureError(refusal.code, refusal.message, refusal.reason));
    const rewritten = await this.runFunction(withoutSignature(request), behavior, distribution);
    if (!("path" in rewritten)) return rewritten;
    return this.fetchObject(rewritten, behavior, distribution, cache);
  }

  private async runFunction(
    request: ViewerRequest,
    behavior: JsonObject,
    { id, domain }: Distribution,
  ): Promise<ViewerRequest | Found> {
    const associations = itemsOf(behavior.FunctionAssociations);
    const unserved = associations.find(({ EventType }) => EventType !== "viewer-request");
    if (unserved) return unsupported(`functions for the event ${String(unserved.EventType)}`);
    if (itemsOf(behavior.LambdaFunctionAssociations).length > 0) return unsupported("Lambda@Edge functions");
    const [association] = associations;
    if (!association) return request;
    const arn = String(association.FunctionARN);
    const edgeFunction = this.functions.get(arn);
    if (!edgeFunction) return unsupported(`the function ${arn}, which the program does not create`);
    try {
      const result = await runViewerRequestFunction(edgeFunction, request, {
        distributionId: id,
        distributionDomainName: domain,
        requestId: requestId(),
        now: this.options.clock.now(),
        onLog: (line) => this.options.onLog?.(edgeFunction.name, line),
      });
      if ("path" in result) return result;
      return { answer: result, xCache: "FunctionGeneratedResponse from cloudfront" };
    } catch (error) {
      if (!(error instanceof EdgeFunctionError)) throw error;
      const text =
        "The CloudFront function associated with the CloudFront distribution is invalid or could not run.";
      return error.isInvalid
        ? { answer: errorPage(502, text, error.message), xCache: "FunctionValidationError from cloudfront" }
        : { answer: errorPage(503, text, error.message), xCache: "FunctionExecutionError from cloudfront" };
    }
  }

  private async fetchObject(
    request: ViewerRequest,
    behavior: JsonObject,
    distribution: Distribution,
    cache: EdgeCache,
  ): Promise<Found> {
    const policy = this.policies.of(behavior);
    if (!policy) {
      return unsupported(
        `the cache policy ${String(behavior.CachePolicyId)}, which the program does not create`,
      );
    }
    const parts = keyedParts(request, policy);
    const key = cacheKey(distribution.domain, request.path, parts);
    const own = `${request.method} ${key}`;
    const cached = cache.get(`GET ${key}`) ?? cache.get(own);
    if (cached && isCacheable(request.method)) {
      const xCache = cached.answer.status >= 400 ? "Error from cloudfront" : "Hit from cloudfront";
      return { ...cached, xCache };
    }
    const answer = await this.askOrigins(request, behavior, distribution, parts);
    this.store(cache, own, answer, request, policy, distribution);
    return { answer, xCache: answer.status >= 400 ? "Error from cloudfront" : "Miss from cloudfront" };
  }

  private store(
    cache: EdgeCache,
    key: string,
    answer: Answer,
    { method }: ViewerRequest,
    policy: CachePolicy,
    { config }: Distribution,
  ): void {
    if (isCacheable(method))
      cache.put(key, answer, lifetime(answer, policy, config, this.options.clock.now()));
  }

  private async askOrigins(
    request: ViewerRequest,
    behavior: JsonObject,
    { config }: Distribution,
    parts: ReturnType<typeof keyedParts>,
  ): Promise<Answer> {
    const { origins, failoverStatuses } = originsOf(config, String(behavior.TargetOriginId));
    let answer = errorPage(
      502,
      "CloudFront wasn't able to connect to the origin.",
      "The behaviour has no origin.",
    );
    for (const origin of origins) {
      answer = await this.options.origin(this.originRequests.write(origin, request, parts, config));
      if (!failoverStatuses.has(answer.status)) break;
    }
    const isUnreachable = answer.status === 502 && Object.keys(answer.headers).length === 0;
    return isUnreachable
      ? errorPage(502, "CloudFront wasn't able to connect to the origin.", answer.reason)
      : answer;
  }

  /** Puts the distribution's own page in the place of an error. */
  private async customize(found: Found, distribution: Distribution, cache: EdgeCache): Promise<Found> {
    const { status } = found.answer;
    if (status < 400) return found;
    const custom = itemsOf(distribution.config.CustomErrorResponses).find(
      ({ ErrorCode }) => ErrorCode === status,
    );
    const path = custom?.ResponsePagePath;
    if (typeof path !== "string" || path === "") return found;
    const request = readViewerRequest("GET", path, {});
    const behavior = selectBehavior(distribution.config, path);
    const { answer: page } = await this.fetchObject(request, behavior, distribution, cache);
    if (page.status >= 400) return found;
    const { reason } = found.answer;
    const answer = { ...page, status: Number(custom?.ResponseCode), ...(reason !== undefined && { reason }) };
    return { ...found, answer };
  }

  private finish({ method }: ViewerRequest, { answer, xCache, age }: Found): Answer {
    return {
      ...answer,
      headers: {
        ...answer.headers,
        "content-length": String(answer.body.length),
        date: new Date(this.options.clock.now()).toUTCString(),
        "x-cache": xCache,
        via: "1.1 local.cloudfront.net (CloudFront)",
        "x-amz-cf-pop": "LOCAL1-P1",
        "x-amz-cf-id": requestId(),
        ...(age !== undefined && { age: String(age) }),
      },
      body: method === "HEAD" ? Buffer.alloc(0) : answer.body,
    };
  }
}

function isCacheable(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function unsupported(what: string): Found {
  return fail(errorPage(502, "The local runtime cannot answer this request.", `It does not serve ${what}.`));
}

function requestId(): string {
  return randomBytes(42).toString("base64url");
}
