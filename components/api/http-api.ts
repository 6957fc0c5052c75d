import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type OperationName, operationNames, type Route, routes } from "../../contracts";
import { type CommonArgs, createLogGroup } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import { policyDocument } from "../policy";
import type { ApiArgs, CorsArgs, JwtArgs, ThrottleArgs } from "../stream-orchestration-args";
import { allowedHeaders } from "./cors-headers";
import { type ApiDomainTarget, createDomain, noDomain } from "./domain";
import { invokeResource, methodsOf, routeKeysOf, routeName } from "./route-keys";

export interface HttpApiArgs extends CommonArgs {
  functions: Record<OperationName, StreamFunction>;
  jwt?: JwtArgs | undefined;
  cors?: CorsArgs | undefined;
  throttle: ThrottleArgs;
  /** The team's own API and domain name. */
  api: ApiArgs;
}

type Authorization = Pick<
  aws.apigatewayv2.RouteArgs,
  "authorizationType" | "authorizerId" | "authorizationScopes"
>;

/** The scope of a token that may see ingest URLs, unless the arguments name another. */
const defaultIngestScope = "streams/ingest";

const openToAll: Authorization = { authorizationType: "NONE" };

/**
 * One line a request, for CloudWatch Logs. The format has to hold `$context.requestId`; neither headers nor bodies are
 * in it, so that no credential and no ingest URL is.
 */
const accessLogFormat = JSON.stringify({
  requestId: "$context.requestId",
  requestTime: "$context.requestTime",
  httpMethod: "$context.httpMethod",
  routeKey: "$context.routeKey",
  path: "$context.path",
  status: "$context.status",
  responseLength: "$context.responseLength",
  responseLatency: "$context.responseLatency",
  sourceIp: "$context.identity.sourceIp",
  principal: "$context.identity.userArn",
  error: "$context.error.message",
  integrationError: "$context.integration.error",
  authorizerError: "$context.authorizer.error",
});

/** The HTTP API with the contract's routes. Only an open route, such as `/health`, takes requests without credentials. */
export class HttpApi extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  /** The base URL, without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** An IAM policy (JSON): what a caller of `/streams` needs, and nothing more. */
  readonly invokePolicyJson: pulumi.Output<string>;
  /** The part of it that reads. */
  readonly readPolicyJson: pulumi.Output<string>;
  /** An IAM policy (JSON): what it takes to see ingest URLs in full, which no other policy allows. */
  readonly ingestPolicyJson: pulumi.Output<string>;
  readonly domain: pulumi.Output<ApiDomainTarget>;
  readonly api: aws.apigatewayv2.Api;

  constructor(name: string, args: HttpApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:HttpApi", name, {}, opts);
    const child = { parent: this };
    const { id, domain } = args.api;
    const api =
      id === undefined ? this.createApi(name, args) : aws.apigatewayv2.Api.get(name, id, undefined, child);
    this.api = api;
    const authorizationOf = this.createAuthorization(name, api, args.jwt);
    const created = mapOperations((operation) =>
      this.createRoutes(name, api, operation, args, authorizationOf(routes[operation])),
    );
    const stage =
      id === undefined ? this.createStage(name, api, Object.values(created).flat(), args) : undefined;
    this.domain = domain
      ? createDomain(name, { ...domain, api, stage, tags: args.tags }, child)
      : pulumi.output(noDomain);

    this.id = api.id;
    this.url = api.apiEndpoint;
    const policyOf = (isAllowed: (route: Route) => boolean) =>
      policyDocument([
        {
          actions: ["execute-api:Invoke"],
          resources: Object.values<Route>(routes)
            .filter((route) => !route.isOpen && isAllowed(route))
            .map((route) => pulumi.interpolate`${api.executionArn}/$default/${invokeResource(route)}`),
        },
      ]);
    this.invokePolicyJson = policyOf(({ access }) => access === undefined);
    this.readPolicyJson = policyOf(({ access, method }) => access === undefined && method === "GET");
    this.ingestPolicyJson = policyOf(({ access }) => access === "ingest");
    const { url, invokePolicyJson, readPolicyJson, ingestPolicyJson } = this;
    this.registerOutputs({ url, invokePolicyJson, readPolicyJson, ingestPolicyJson, domain: this.domain });
  }

  private createApi(name: string, { cors, tags }: HttpApiArgs): aws.apigatewayv2.Api {
    return new aws.apigatewayv2.Api(
      name,
      {
        protocolType: "HTTP",
        ...(cors && {
          corsConfiguration: {
            allowOrigins: cors.allowOrigins,
            allowMethods: methodsOf(routes),
            allowHeaders: allowedHeaders(cors.allowHeaders ?? []),
            // A browser's page sees no other headers of an answer: the request's id, when to try again, and what a path allows.
            exposeHeaders: ["apigw-requestid", "retry-after", "allow"],
            maxAge: 600,
          },
        }),
        tags,
      },
      { parent: this },
    );
  }

  private createAuthorization(
    name: string,
    api: aws.apigatewayv2.Api,
    jwt: JwtArgs | undefined,
  ): (route: Route) => Authorization {
    if (!jwt) return ({ isOpen }) => (isOpen ? openToAll : { authorizationType: "AWS_IAM" });
    const authorizer = new aws.apigatewayv2.Authorizer(
      name,
      {
        apiId: api.id,
        name: "jwt",
        authorizerType: "JWT",
        identitySources: ["$request.header.Authorization"],
        jwtConfiguration: { issuer: jwt.issuer, audiences: jwt.audiences },
      },
      { parent: this },
    );
    return ({ isOpen, access }) => {
      if (isOpen) return openToAll;
      const byToken = { authorizationType: "JWT", authorizerId: authorizer.id };
      return access === "ingest"
        ? { ...byToken, authorizationScopes: [jwt.ingestScope ?? defaultIngestScope] }
        : byToken;
    };
  }

  /** An operation's integration, the permission to invoke its function, and the routes that lead there. */
  private createRoutes(
    name: string,
    api: aws.apigatewayv2.Api,
    operation: OperationName,
    { functions, cors }: HttpApiArgs,
    authorization: Authorization,
  ): aws.apigatewayv2.Route[] {
    const child = { parent: this };
    const { function: target } = functions[operation];
    const integration = new aws.apigatewayv2.Integration(
      `${name}-${operation}`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationUri: target.invokeArn,
        payloadFormatVersion: "2.0",
      },
      child,
    );
    new aws.lambda.Permission(
      `${name}-${operation}`,
      {
        action: "lambda:InvokeFunction",
        function: target.name,
        principal: "apigateway.amazonaws.com",
        // The source is the route, its parameters in braces, and not the path of the request.
        sourceArn: pulumi.interpolate`${api.executionArn}/*/*${routes[operation].path}`,
      },
      child,
    );
    return routeKeysOf(routes, operation, cors !== undefined).map(
      (routeKey) =>
        new aws.apigatewayv2.Route(
          `${name}-${routeName(routeKey)}`,
          {
            apiId: api.id,
            routeKey,
            target: pulumi.interpolate`integrations/${integration.id}`,
            ...authorization,
          },
          child,
        ),
    );
  }

  private createStage(
    name: string,
    api: aws.apigatewayv2.Api,
    dependsOn: aws.apigatewayv2.Route[],
    args: HttpApiArgs,
  ): aws.apigatewayv2.Stage {
    const child = { parent: this };
    const { throttle, tags } = args;
    const accessLog = createLogGroup(
      `${name}-access`,
      // Under this prefix CloudWatch Logs does not spend the size of its resource policy on each log group.
      { ...args, namePrefix: `/aws/vendedlogs/apigateway/${name}-` },
      child,
    );
    return new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
        defaultRouteSettings: {
          throttlingBurstLimit: throttle.burstLimit,
          throttlingRateLimit: throttle.rateLimit,
          detailedMetricsEnabled: true,
        },
        tags,
      },
      { ...child, dependsOn },
    );
  }
}

/** @returns one value for each operation, made in the order of the routes. */
export function mapOperations<T>(make: (operation: OperationName) => T): Record<OperationName, T> {
  return Object.fromEntries(operationNames.map((name) => [name, make(name)])) as Record<OperationName, T>;
}
