import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type OperationName, restOperations } from "../../contracts";
import type { CommonArgs } from "../common";
import type { StreamFunction } from "../functions/stream-function";
import { policyDocument } from "../policy";
import type { CorsArgs, JwtArgs, ThrottleArgs } from "../stream-orchestration-args";

export interface HttpApiArgs extends CommonArgs {
  functions: Record<OperationName, StreamFunction>;
  jwt?: JwtArgs | undefined;
  cors?: CorsArgs | undefined;
  throttle: ThrottleArgs;
}

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

/** The HTTP API with the contract's routes. Load balancers ask for `/health` without credentials, nobody else may. */
export class HttpApi extends pulumi.ComponentResource {
  /** The base URL, without a trailing slash. */
  readonly url: pulumi.Output<string>;
  /** An IAM policy (JSON): what a caller of `/streams` needs, and nothing more. */
  readonly invokePolicyJson: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs, opts: pulumi.ComponentResourceOptions) {
    super("stream-orchestration:index:HttpApi", name, {}, opts);
    const child = { parent: this };

    const api = new aws.apigatewayv2.Api(
      name,
      {
        protocolType: "HTTP",
        ...(args.cors && {
          corsConfiguration: {
            allowOrigins: args.cors.allowOrigins,
            allowMethods: ["GET", "POST", "PUT"],
            allowHeaders: ["authorization", "content-type", "x-amz-date", "x-amz-security-token"],
            maxAge: 600,
          },
        }),
        tags: args.tags,
      },
      child,
    );
    const authorization = this.createAuthorization(name, api, args.jwt);

    const routes = restOperations.flatMap((operation) => {
      const functionName = `${name}-${operation.name}`;
      const integration = new aws.apigatewayv2.Integration(
        functionName,
        {
          apiId: api.id,
          integrationType: "AWS_PROXY",
          integrationUri: args.functions[operation.name].function.invokeArn,
          payloadFormatVersion: "2.0",
        },
        child,
      );
      new aws.lambda.Permission(
        functionName,
        {
          action: "lambda:InvokeFunction",
          function: args.functions[operation.name].function.name,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${api.executionArn}/*/*${operation.path}`,
        },
        child,
      );
      return [
        `${operation.method} ${operation.path}`,
        ...fallbackRoutes(operation, args.cors !== undefined),
      ].map(
        (routeKey) =>
          new aws.apigatewayv2.Route(
            `${name}-${routeKey.replace(" /", "-")}`,
            {
              apiId: api.id,
              routeKey,
              target: pulumi.interpolate`integrations/${integration.id}`,
              ...(operation.path === "/health" ? { authorizationType: "NONE" } : authorization),
            },
            child,
          ),
      );
    });

    const accessLog = new aws.cloudwatch.LogGroup(
      `${name}-access`,
      {
        namePrefix: `/aws/apigateway/${name}-`,
        retentionInDays: args.logRetentionDays,
        kmsKeyId: args.encryptionKeyArn,
        tags: args.tags,
      },
      child,
    );
    new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: "$default",
        autoDeploy: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: accessLogFormat },
        defaultRouteSettings: {
          throttlingBurstLimit: args.throttle.burstLimit,
          throttlingRateLimit: args.throttle.rateLimit,
          detailedMetricsEnabled: true,
        },
        tags: args.tags,
      },
      { ...child, dependsOn: routes },
    );
    this.url = api.apiEndpoint;
    this.invokePolicyJson = policyDocument([
      {
        actions: ["execute-api:Invoke"],
        resources: restOperations
          .filter(({ path }) => path !== "/health")
          .map(({ method, path }) => pulumi.interpolate`${api.executionArn}/$default/${method}${path}`),
      },
    ]);
    this.registerOutputs({ url: this.url, invokePolicyJson: this.invokePolicyJson });
  }

  private createAuthorization(
    name: string,
    api: aws.apigatewayv2.Api,
    jwt: JwtArgs | undefined,
  ): Pick<aws.apigatewayv2.RouteArgs, "authorizationType" | "authorizerId"> {
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
}

/**
 * API Gateway answers 404 for a method without a route. The contract wants 405 with `Allow`, which the handler of the
 * path's last operation gives.
 */
function fallbackRoutes(operation: (typeof restOperations)[number], cors: boolean): string[] {
  const samePath = restOperations.filter(({ path }) => path === operation.path);
  if (samePath.at(-1) !== operation) return [];
  if (!cors) return [`ANY ${operation.path}`];
  // ANY would take the browsers' preflights too, which carry no credentials. Where no route takes OPTIONS, API Gateway
  // answers them by itself.
  const served: readonly string[] = samePath.map(({ method }) => method);
  return ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
    .filter((method) => !served.includes(method))
    .map((method) => `${method} ${operation.path}`);
}
