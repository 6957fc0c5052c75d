import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { describeInert } from "../../local/record/inert";
import { type Local, type LocalOptions, startLocal } from "../../testing";
import { aRequest } from "../journeys/support/requests";
import { leastArgs } from "../support/stream-orchestration";
import { expectRejection } from "./support/expect-rejection";

const ordinaryStack = join(__dirname, "fixtures", "ordinary-stack.ts");

describe("a stack of ordinary resources", () => {
  let local: Local | undefined;
  const start = async (program: string | (() => unknown), options: LocalOptions = {}) => {
    local = await startLocal(program, options);
    return local;
  };
  afterEach(() => local?.stop());

  it("starts, and its resources have outputs of AWS's shapes", async () => {
    const { outputs, runtime } = await start(ordinaryStack);
    expect(runtime.graph.resources).to.have.length.above(40);
    expect(outputs.outputs).to.include({ account: "000000000000", bucket: "pictures-04c8f2d" });
    expect(outputs.outputs)
      .to.have.property("database")
      .that.matches(/^database-\w+\..*\.rds\.amazonaws\.com:5432$/);
    const shapes = {
      changes:
        /^arn:aws:dynamodb:us-east-1:000000000000:table\/sessions-\w+\/stream\/2026-01-01T00:00:00\.000$/,
      cache: /^cache-\w+\.0001\.\w+\.cache\.amazonaws\.com$/,
      graph: /^https:\/\/\w{26}\.appsync-api\.us-east-1\.amazonaws\.com\/graphql$/,
      issuer: /^https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
      authority: /^\w+=*$/,
    };
    for (const [name, shape] of Object.entries(shapes)) {
      expect(outputs.outputs).to.have.property(name).that.matches(shape);
    }
    expect(describeInert(runtime.graph)).to.match(
      /^Recorded, not served: aws:acm\/certificate:Certificate, .*aws:cloudwatch\/metricAlarm:MetricAlarm, .*aws:ec2\/subnet:Subnet \(2\), .*aws:s3\/bucket:Bucket, /,
    );
  });

  it("is refused in strict mode, with everything that is not served", async () => {
    const { message } = await expectRejection(startLocal(ordinaryStack, { unsupported: "refuse" }));
    expect(message).to.include("  - resource 'pictures' of type aws:s3/bucket:Bucket\n");
    expect(message).to.include("  - resource 'key' of type aws:kms/key:Key\n");
  });

  it("answers 501 on a route whose callers the runtime cannot check, and is refused in strict mode", async () => {
    const program = () => {
      const api = new aws.apigatewayv2.Api("own", { protocolType: "HTTP" });
      const handler = new aws.lambda.CallbackFunction("own", { callback: async () => ({ statusCode: 200 }) });
      const integration = new aws.apigatewayv2.Integration("own", {
        ...{ apiId: api.id, integrationType: "AWS_PROXY", integrationUri: handler.invokeArn },
        payloadFormatVersion: "2.0",
      });
      const authorizer = new aws.apigatewayv2.Authorizer("own", {
        ...{ apiId: api.id, authorizerType: "REQUEST", authorizerUri: handler.invokeArn },
      });
      new aws.apigatewayv2.Route("guarded", {
        ...{
          apiId: api.id,
          routeKey: "GET /guarded",
          target: pulumi.interpolate`integrations/${integration.id}`,
        },
        ...{ authorizationType: "CUSTOM", authorizerId: authorizer.id },
      });
    };
    const { runtime } = await start(program, { auth: "on" });
    const answer = await fetch(`${runtime.apiUrl}/guarded`);
    const told = "The local runtime does not check the authorization CUSTOM of the route 'guarded'.";
    expect([answer.status, await answer.json()]).to.deep.equal([501, { message: told }]);
    const { message } = await expectRejection(startLocal(program, { auth: "on", unsupported: "refuse" }));
    expect(message).to.equal(told);
  });

  it("is told with the resource where AWS would refuse an event pattern", async () => {
    const { message } = await expectRejection(
      startLocal(
        () => new aws.cloudwatch.EventRule("own", { eventPattern: JSON.stringify({ source: "x" }) }),
      ),
    );
    expect(message).to.match(
      /^The resource 'own' of type aws:cloudwatch\/eventRule:EventRule is refused: Event pattern is not valid\. Reason: .*\$\.source/,
    );
  });

  it("is told with the resource where AWS would refuse a definition", async () => {
    const { message } = await expectRejection(
      startLocal(() => {
        const role = new aws.iam.Role("machine", {
          assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "states.amazonaws.com" }),
        });
        const definition = JSON.stringify({
          ...{ QueryLanguage: "JSONata", StartAt: "Only" },
          States: { Only: { Type: "Pass", Output: "{% name %}", End: true } },
        });
        new aws.sfn.StateMachine("own", { roleArn: role.arn, definition });
      }),
    );
    expect(message).to.match(
      /^The resource 'own' of type aws:sfn\/stateMachine:StateMachine is refused: Invalid State Machine Definition: 'State 'Only': .*bare field name 'name'/,
    );
  });

  it("has the networks that awsx makes, and other components of its provider are recorded", async () => {
    const { outputs, runtime } = await start(() => {
      const network = new awsx.ec2.Vpc("network", {
        cidrBlock: "10.1.0.0/16",
        numberOfAvailabilityZones: 2,
      });
      const existing = new awsx.ec2.DefaultVpc("existing");
      return {
        cidrBlock: network.vpc.cidrBlock,
        subnets: pulumi.all([network.publicSubnetIds, network.privateSubnetIds, existing.publicSubnetIds]),
        isolated: network.isolatedSubnetIds,
      };
    });
    const { cidrBlock, isolated, subnets } = outputs as { [name: string]: unknown };
    expect({ cidrBlock, isolated }).to.deep.equal({ cidrBlock: "10.1.0.0/16", isolated: [] });
    const ids = (subnets as string[][]).flat();
    expect(ids).to.have.length(6);
    expect(new Set(ids).size).to.equal(6);
    for (const id of ids) expect(id).to.match(/^subnet-[0-9a-f]{17}$/);
    expect(describeInert(runtime.graph)).to.equal("Recorded, not served: awsx:ec2:DefaultVpc");
  });

  it("answers a call that needs a resource which is only recorded with that resource's name", async () => {
    const { aws: settings, outputs } = await start(() => {
      new aws.s3.Bucket("music");
      const bucket = new aws.s3.Bucket("pictures");
      new aws.ecs.Cluster("jobs");
      return { bucket: bucket.bucket };
    });
    const signedFor = (service: string) =>
      `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const tasks = await fetch(settings.endpoint, {
      method: "POST",
      headers: {
        authorization: signedFor("ecs"),
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListTasks",
      },
      body: "{}",
    });
    expect(((await tasks.json()) as { message: string }).message).to.match(
      /^The local runtime does not serve .*ListTasks\. The program's 'jobs' \(aws:ecs\/cluster:Cluster\) is only recorded, not served\.$/,
    );
    const response = await fetch(`${settings.endpoint}/${String(outputs.bucket)}/a.png`, {
      method: "PUT",
      headers: {
        authorization: signedFor("s3"),
      },
    });
    expect(response.status).to.equal(400);
    expect(await response.text()).to.match(
      /<Message>The local runtime does not serve s3: PUT \/pictures-\w+\/a\.png\. The program's 'pictures' \(aws:s3\/bucket:Bucket\) is only recorded, not served\.<\/Message>/,
    );
  });

  it("names the target that is only recorded where an event does not reach it", async () => {
    const { events, ...runtime } = await start(() => {
      const bus = new aws.cloudwatch.EventBus("bus", { name: "bus" });
      const stream = new aws.kinesis.Stream("clicks", { shardCount: 1 });
      const rule = new aws.cloudwatch.EventRule("rule", {
        eventBusName: bus.name,
        eventPattern: '{"source":["wall"]}',
      });
      new aws.cloudwatch.EventTarget("target", { eventBusName: bus.name, rule: rule.name, arn: stream.arn });
    });
    await runtime.runtime.services.EventBridge.call("PutEvents", {
      Entries: [{ EventBusName: "bus", Source: "wall", DetailType: "click", Detail: "{}" }],
    });
    await runtime.settled();
    expect(JSON.stringify(events.undelivered())).to.include(
      "is only recorded, not served: 'clicks' (aws:kinesis/stream:Stream)",
    );
  });

  it("runs beside a StreamOrchestration, whose streams go their way", async () => {
    await start(() => {
      new aws.s3.Bucket("pictures");
      new StreamOrchestration("streams", {
        ...leastArgs,
        playback: { distributionId: pulumi.secret("E2QWRUHAPOMQZL") },
      });
    });
    await local?.streams.provision("spring");
    await local?.streams.confirm("spring", "READY");
  });

  it("has the team's own distribution, channel and input, which the component uses", async () => {
    const { services } = (
      await start(() => {
        const distribution = new aws.cloudfront.Distribution("site", {
          enabled: true,
          comment: "The team's site",
          origins: [
            {
              originId: "site",
              domainName: "site.example",
              customOriginConfig: {
                httpPort: 80,
                httpsPort: 443,
                originProtocolPolicy: "https-only",
                originSslProtocols: ["TLSv1.2"],
              },
            },
          ],
          defaultCacheBehavior: {
            targetOriginId: "site",
            viewerProtocolPolicy: "redirect-to-https",
            allowedMethods: ["GET", "HEAD"],
            cachedMethods: ["GET", "HEAD"],
            cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
          },
          orderedCacheBehaviors: [
            {
              pathPattern: "/static/*",
              targetOriginId: "site",
              viewerProtocolPolicy: "https-only",
              allowedMethods: ["GET", "HEAD"],
              cachedMethods: ["GET", "HEAD"],
              forwardedValues: { queryString: true, cookies: { forward: "none" } },
            },
          ],
          restrictions: { geoRestriction: { restrictionType: "none" } },
          viewerCertificate: { cloudfrontDefaultCertificate: true },
        });
        const input = new aws.medialive.Input("contribution", {
          name: "contribution",
          type: "RTMP_PUSH",
          destinations: [{ streamName: "live/contribution" }],
        });
        const channel = new aws.medialive.Channel("encoder", {
          name: "encoder",
          channelClass: "SINGLE_PIPELINE",
          inputSpecification: { codec: "AVC", inputResolution: "HD", maximumBitrate: "MAX_10_MBPS" },
          inputAttachments: [{ inputAttachmentName: "in", inputId: input.id }],
          destinations: [{ id: "out", settings: [{ url: "s3://a/b" }] }],
          encoderSettings: {
            timecodeConfig: { source: "EMBEDDED" },
            videoDescriptions: [],
            audioDescriptions: [],
            outputGroups: [],
          },
        });
        new StreamOrchestration("streams", {
          encoder: {
            channels: [{ channelId: channel.channelId, inputs: [{ inputId: input.id, type: "RTMP_PUSH" }] }],
          },
          playback: { distributionId: distribution.id },
        });
      })
    ).runtime;
    const url = "rtmp://ingest.example.com/live/spring";
    await local?.streams.provision("spring", { ingestEndpoints: [{ protocol: "rtmp", url }] });
    const [channel, ...others] = services.MediaLive.channels();
    expect(others).to.deep.equal([]);
    expect(channel).to.include({ name: "encoder", state: "RUNNING" });
    const [input, ...further] = services.MediaLive.inputs();
    expect(further).to.deep.equal([]);
    expect(input).to.include({ name: "contribution", type: "RTMP_PUSH", channelId: channel?.id });
    expect(input?.destinations[0]?.Url).to.match(/:1935\/live\/contribution$/);
    expect(local?.streams.events("spring").at(-1)).to.have.nested.property("inputs[0].inputId", input?.id);
    const [id = "", ...more] = services.CloudFront.distributionIds();
    expect(more).to.deep.equal([]);
    const config = services.CloudFront.configOf(id) as unknown as {
      Comment: string;
      CacheBehaviors: { Items: { PathPattern: string }[] };
    };
    expect(config.Comment).to.equal("The team's site");
    expect(config.CacheBehaviors.Items.map(({ PathPattern }) => PathPattern)).to.deep.equal([
      "/spring/*",
      "/static/*",
    ]);
  });

  it("has several HTTP APIs and components, each at an address of its own", async () => {
    const { runtime, outputs, api } = await start(() => {
      const hello = new aws.lambda.CallbackFunction("hello", {
        callback: async () => ({ statusCode: 200, body: "hello" }),
      });
      const own = new aws.apigatewayv2.Api("own", { protocolType: "HTTP" });
      const integration = new aws.apigatewayv2.Integration("own", {
        apiId: own.id,
        integrationType: "AWS_PROXY",
        integrationUri: hello.invokeArn,
        payloadFormatVersion: "2.0",
      });
      new aws.apigatewayv2.Route("own", {
        apiId: own.id,
        routeKey: "GET /hello",
        target: pulumi.interpolate`integrations/${integration.id}`,
      });
      const proxy = new aws.apigatewayv2.Integration("proxy", {
        apiId: own.id,
        integrationType: "HTTP_PROXY",
        integrationUri: "https://balancer.example",
      });
      new aws.apigatewayv2.Route("proxy", {
        apiId: own.id,
        routeKey: "GET /far",
        target: pulumi.interpolate`integrations/${proxy.id}`,
      });
      new aws.lambda.Permission("own", {
        action: "lambda:InvokeFunction",
        function: hello.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${own.executionArn}/*/*`,
      });
      new aws.apigatewayv2.Api("sockets", { protocolType: "WEBSOCKET" });
      const east = new StreamOrchestration("east", leastArgs);
      const west = new StreamOrchestration("west", {
        encoder: { channels: [{ channelId: "2222222" }] },
        playback: { distributionId: "E3QWRUHAPOMQZL" },
      });
      return { own: own.apiEndpoint, east: east.apiUrl, west: west.apiUrl };
    });
    const urls = runtime.apis.map(({ url }) => url);
    expect(new Set(urls)).to.have.property("size", 3);
    expect(runtime.apis.map(({ name }) => name)).to.deep.equal(["east-api", "west-api", "own"]);
    expect([outputs.east, outputs.west, outputs.own]).to.deep.equal(urls);
    const answer = await fetch(`${String(outputs.own)}/hello`);
    expect(await answer.text()).to.equal("hello");
    const far = await fetch(`${String(outputs.own)}/far`);
    expect(far.status).to.equal(501);
    expect(await far.text()).to.include("The route 'proxy' (GET /far) leads to no function of the program");
    const accepted = await fetch(`${String(outputs.west)}/streams`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(aRequest("western")),
    });
    expect(accepted.status).to.equal(202);
    expect((await api("/streams/western")).status).to.equal(404);
  });

  it("has functions with all of their variables, secret ones too, and the managed policies of Lambda", async () => {
    const { aws: settings } = await start(() => {
      const role = new aws.iam.Role("greeter", {
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
      });
      new aws.iam.RolePolicyAttachment("greeter-logs", {
        role: role.name,
        policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
      });
      new aws.lambda.CallbackFunction("greeter", {
        name: "greeter",
        role,
        environment: { variables: { WHO: "wall", KEY: pulumi.secret("kept") } },
        callback: async () => {
          console.log("hello");
          return `${process.env.WHO} ${process.env.KEY}`;
        },
      });
      new aws.lambda.CallbackFunction("alone", { name: "alone", callback: async () => "alone" });
    });
    const invoke = async (FunctionName: string) => {
      const { Payload } = await new LambdaClient(settings).send(new InvokeCommand({ FunctionName }));
      return JSON.parse(new TextDecoder().decode(Payload)) as unknown;
    };
    expect(await invoke("greeter")).to.equal("wall kept");
    expect(await invoke("alone")).to.equal("alone");
  });
});
