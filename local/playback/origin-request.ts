import { isJsonObject, type JsonObject } from "../json";
import { type Graph, resourcesOfType } from "../record/graph";
import type { KeyedParts } from "./cache-key";
import { itemsOf } from "./distribution-config";
import { type Answer, type Headers, type Pair, type ViewerRequest, writePairs } from "./exchange";

/** What CloudFront sends to an origin. */
export interface OriginRequest {
  readonly domainName: string;
  readonly method: string;
  /** The origin path, and the path after the viewer-request function. */
  readonly path: string;
  readonly query: readonly Pair[];
  readonly headers: Headers;
  /** The kind of origin whose access control signed it; undefined for one that is not signed. */
  readonly signedFor: string | undefined;
  /** The configuration of the distribution that sends it. */
  readonly config: JsonObject;
}

/** Everything behind the distributions. */
export type OriginServer = (request: OriginRequest) => Promise<Answer> | Answer;

/** Writes the requests of a program's distributions to their origins. */
export class OriginRequests {
  private readonly accessControls: ReadonlyMap<string, JsonObject>;

  constructor(graph: Graph) {
    const type = "aws:cloudfront/originAccessControl:OriginAccessControl";
    this.accessControls = new Map(resourcesOfType(graph, type).map(({ id, inputs }) => [id, inputs]));
  }

  /**
   * CloudFront sends what is in the cache key, its own headers and the origin's custom headers, and the origin's domain as Host. Source:
   * CloudFront developer guide, "Request and response behavior for custom origins". An origin request policy, which may add to it, is not read.
   */
  write(origin: JsonObject, request: ViewerRequest, parts: KeyedParts, config: JsonObject): OriginRequest {
    const domainName = String(origin.DomainName);
    const custom = itemsOf(origin.CustomHeaders).map(
      ({ HeaderName, HeaderValue }): Pair => [String(HeaderName).toLowerCase(), String(HeaderValue)],
    );
    return {
      domainName,
      method: request.method,
      path: `${typeof origin.OriginPath === "string" ? origin.OriginPath : ""}${request.path}`,
      query: parts.query,
      headers: {
        host: domainName,
        "user-agent": "Amazon CloudFront",
        "x-forwarded-for": request.ip,
        ...parts.headers,
        ...(parts.cookies.length > 0 && { cookie: writePairs(parts.cookies, "; ") }),
        ...Object.fromEntries(custom),
      },
      signedFor: this.signedFor(origin, parts),
      config,
    };
  }

  private signedFor({ OriginAccessControlId: id }: JsonObject, { headers }: KeyedParts): string | undefined {
    if (typeof id !== "string" || id === "") return undefined;
    const control = this.accessControls.get(id);
    // One that exists outside of the program is taken to be right.
    if (!isJsonObject(control)) return "unknown";
    const { signingBehavior, originAccessControlOriginType } = control;
    const isSigned =
      signingBehavior === "always" ||
      (signingBehavior === "no-override" && headers.authorization === undefined);
    return isSigned ? String(originAccessControlOriginType) : undefined;
  }
}
