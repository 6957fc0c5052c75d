import type { RequestListener, Server } from "node:http";
import type { Graph, RecordedResource } from "../record/graph";
import { distinctResourcesOfType, resourcesOfType } from "../record/graph";
import type { ApiUrls } from "../record/recordings";

/** A server of an HTTP API. */
export interface ApiServer {
  readonly server: Server;
  readonly url: string;
  /** Until then, there are no routes. */
  readonly setRoutes: (handle: RequestListener) => void;
}

/** The servers of a program's HTTP APIs: the main one has the port that the caller chose, each other one a free port. */
export class HttpApis {
  private readonly servers = new Map<string, ApiServer>();

  /**
   * @param main the server of the main API.
   * @param mainRoute the main API is the one with this route, or else the first.
   * @param open starts a server on a free port.
   */
  constructor(
    private readonly main: ApiServer,
    private readonly mainRoute: string | undefined,
    private readonly open: () => Promise<ApiServer>,
  ) {}

  /** Gives each HTTP API of a program its server. One that an earlier deployment had keeps it. */
  async urlsOf(graph: Graph): Promise<ApiUrls> {
    for (const { id } of this.inOrder(graph)) {
      if (this.servers.has(id)) continue;
      const isMainTaken = [...this.servers.values()].includes(this.main);
      this.servers.set(id, isMainTaken ? await this.open() : this.main);
    }
    return Object.fromEntries([...this.servers].map(([id, { url }]) => [id, url]));
  }

  /** @returns the HTTP APIs of a program with their servers, the main one first. */
  of(graph: Graph): { api: RecordedResource; served: ApiServer }[] {
    return this.inOrder(graph).map((api) => ({ api, served: this.servers.get(api.id) ?? this.main }));
  }

  private inOrder(graph: Graph): RecordedResource[] {
    const routes = resourcesOfType(graph, "aws:apigatewayv2/route:Route");
    const isMain = ({ id }: RecordedResource) =>
      routes.some(({ inputs }) => inputs.apiId === id && inputs.routeKey === this.mainRoute);
    const apis = distinctResourcesOfType(graph, "aws:apigatewayv2/api:Api");
    return [...apis.filter(isMain), ...apis.filter((api) => !isMain(api))];
  }
}
