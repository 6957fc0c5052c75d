import { isJsonObject } from "../../../local/json";
import { find, list, ofType, type Rule, resource, unless } from "../rule";
import { types } from "../types";

export const apiRules: readonly Rule[] = [
  {
    id: "api-access-log",
    source: "AwsSolutions-APIG1; Security Hub APIGateway.9",
    says: "A stage logs each request, with neither headers nor bodies, to a log group of the program.",
    appliesTo: [types.stage],
    check: ({ inputs }, graph) => {
      const { destinationArn, format } = isJsonObject(inputs.accessLogSettings)
        ? inputs.accessLogSettings
        : {};
      const values = Object.values(JSON.parse(String(format ?? "{}")) as object).map(String);
      return [
        ...unless(find(graph, types.logGroup, destinationArn) !== undefined, "it has no access log"),
        ...unless(values.includes("$context.requestId"), "its log names no request"),
        ...values
          .filter((value) => !/^\$context\.[\w.]+$/.test(value))
          .map((value) => `its log holds ${value}`),
      ];
    },
    wrong: [resource(types.stage, { defaultRouteSettings: {} })],
  },
  {
    id: "api-throttled",
    source: "AWS API Gateway: Throttle requests to your HTTP APIs",
    says: "A stage limits requests, at once and a second, and measures each route.",
    appliesTo: [types.stage],
    check: ({ inputs }) => {
      const settings = isJsonObject(inputs.defaultRouteSettings) ? inputs.defaultRouteSettings : {};
      const { throttlingBurstLimit: burst, throttlingRateLimit: rate, detailedMetricsEnabled } = settings;
      return [
        ...unless(Number(burst) > 0 && Number(burst) <= 5_000, `its burst limit is ${String(burst)}`),
        ...unless(Number(rate) > 0 && Number(rate) <= 10_000, `its rate limit is ${String(rate)}`),
        ...unless(detailedMetricsEnabled === true, "it does not measure each route"),
      ];
    },
    wrong: [resource(types.stage, {})],
  },
  {
    id: "api-authorized",
    source: "AwsSolutions-APIG4; Security Hub APIGateway.8",
    says: "A route asks for a signature or a token.",
    appliesTo: [types.route],
    check: ({ inputs }, graph) => {
      const { authorizationType, authorizerId, routeKey } = inputs;
      if (authorizationType === "AWS_IAM") return [];
      if (authorizationType === "JWT") {
        const isThere = ofType(graph, types.authorizer).some(({ id }) => id === authorizerId);
        return unless(isThere, `${String(routeKey)} has no authorizer`);
      }
      return [`${String(routeKey)} is open`];
    },
    wrong: [resource(types.route, { routeKey: "POST /streams", authorizationType: "NONE" })],
  },
  {
    id: "api-tokens",
    source: "AWS API Gateway: Control access to HTTP APIs with JWT authorizers",
    says: "Tokens come from an issuer that is reached by TLS, for an audience that is named.",
    appliesTo: [types.authorizer],
    check: ({ inputs }) => {
      const { issuer, audiences } = isJsonObject(inputs.jwtConfiguration) ? inputs.jwtConfiguration : {};
      return [
        ...unless(String(issuer).startsWith("https://"), `its issuer is ${String(issuer)}`),
        ...unless(list(audiences).length > 0, "it takes tokens for anybody"),
      ];
    },
    wrong: [resource(types.authorizer, { jwtConfiguration: { issuer: "https://issuer.example.com" } })],
  },
  {
    id: "api-origins",
    source: "AWS API Gateway: Configure CORS for HTTP APIs",
    says: "Only pages of origins that are named may call the API from a browser, and without the browser's credentials.",
    appliesTo: [types.api],
    check: ({ inputs }) => {
      if (!isJsonObject(inputs.corsConfiguration)) return [];
      const { allowOrigins, allowCredentials } = inputs.corsConfiguration;
      return [
        ...list(allowOrigins)
          .filter((origin) => origin.includes("*"))
          .map((origin) => `it lets in ${origin}`),
        ...unless(allowCredentials !== true, "it takes the browser's credentials"),
      ];
    },
    wrong: [resource(types.api, { corsConfiguration: { allowOrigins: ["*"] } })],
  },
  {
    id: "api-tls",
    source: "AWS API Gateway: Choose a security policy",
    says: "An API is reached by TLS 1.2 or later: by its own address, which takes nothing else, or a domain that asks for it.",
    appliesTo: [types.api],
    check: ({ inputs }, graph) => [
      ...unless(inputs.protocolType === "HTTP", `it is of type ${String(inputs.protocolType)}`),
      ...ofType(graph, types.domainName)
        .filter(({ inputs: domain }) => !JSON.stringify(domain).includes('"securityPolicy":"TLS_1_2"'))
        .map(({ name }) => `the domain ${name} takes older TLS`),
    ],
    wrong: [
      resource(types.api, { protocolType: "HTTP" }),
      resource(types.domainName, { domainNameConfiguration: { securityPolicy: "TLS_1_0" } }),
    ],
  },
  {
    id: "api-integrations",
    source: "Security Hub APIGateway.2, in spirit",
    says: "Behind a route stands a function, which no network lies before.",
    appliesTo: [types.integration],
    check: ({ inputs }) => [
      ...unless(inputs.integrationType === "AWS_PROXY", `it is of type ${String(inputs.integrationType)}`),
      ...unless(
        String(inputs.integrationUri).includes(":lambda:"),
        `it calls ${String(inputs.integrationUri)}`,
      ),
    ],
    wrong: [
      resource(types.integration, { integrationType: "HTTP_PROXY", integrationUri: "http://x.example" }),
    ],
  },
];
