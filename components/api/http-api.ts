import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type OperationName, operationNames, routes } from "../../contracts";
import { type CommonArgs, keepLogs } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import { policyDocument } from "../policy";
import type { CorsArgs, JwtArgs, ThrottleArgs } from "../stream-orchestration-args";
import { allowedHeaders } from "./cors-headers";
import { invokeResource, methodsOf, routeKeysOf, routeName } from "./route-keys";

export interface HttpApiArgs extends CommonArgs {
  functions: Record<OperationName, StreamFunction>;
  jwt?: JwtArgs | undefined;
  cors?: CorsArgs | undefined;
  throttle: ThrottleArgs;
}

type Authorization = Pick<aws.apigatewayv2.RouteArgs, "authorizationType" | "authorizerId">;

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
  /** The base URL, without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** An IAM policy (JSON): what a caller of `/streams` needs, and nothing more. */
  readonly invokePolicyJson: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:HttpApi", name, {}, opts);
    const api = this.createApi(name, args);
    const authorization = this.createAuthorization(name, api, args.jwt);
    const created = mapOperations((operation) =>
      this.createRoutes(name, api, operation, args, routes[operation].isOpen ? openToAll : authorization),
    );
    this.createStage(name, api, Object.values(created).flat(), args);

    this.url = api.apiEndpoint;
    this.invokePolicyJson = policyDocument([
      {
        actions: ["execute-api:Invoke"],
        resources: Object.values(routes)
          .filter(({ isOpen }) => !isOpen)
          .map((route) => pulumi.interpolate`${api.executionArn}/$default/${invokeResource(route)}`),
      },
    ]);
    this.registerOutputs({ url: this.url, invokePolicyJson: this.invokePolicyJson });
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
  ): Authorization {
    if (!jwt) return { authorizationType: "AWS_IAM" };
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
    return { authorizationType: "JWT", authorizerId: authorizer.id };
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
    { logRetentionDays, encryptionKeyArn, throttle, tags }: HttpApiArgs,
  ): void {
    const child = { parent: this };
    const accessLog = new aws.cloudwatch.LogGroup(
      `${name}-access`,
      {
        // Under this prefix CloudWatch Logs does not spend the size of its resource policy on each log group.
        namePrefix: `/aws/vendedlogs/apigateway/${name}-`,
        retentionInDays: logRetentionDays,
        kmsKeyId: encryptionKeyArn,
        tags,
      },
      { ...child, ...keepLogs },
    );
    new aws.apigatewayv2.Stage(
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
