import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { root } from "../support/root";
import { useLocal } from "../support/use-local";

describe("streams with a bus, tables, a topic, an API and a log group of the team's own", () => {
  const local = useLocal({ program: join(root, "examples", "own-resources.ts") });

  const physicalName = (name: string) =>
    String(local.runtime.graph.resources.find((resource) => resource.name === name)?.outputs.name);
  let dynamodb: DynamoDBClient;
  before(() => {
    dynamodb = new DynamoDBClient(local.aws);
  });
  after(() => dynamodb.destroy());

  it("go from their request to their end", async () => {
    await local.streams.makeReady("launch");
    const [event] = local.events.all({ detailType: "StreamLifecycleProgressed" });
    expect(event?.busName).to.match(/^team-/);
    const kept = {
      TableName: physicalName("team-attempts"),
      Key: { streamId: { S: "launch" }, attempt: { N: "1" } },
    };
    expect((await dynamodb.send(new GetItemCommand(kept))).Item?.status).to.deep.equal({ S: "READY" });
    await local.streams.end("launch");
    expect(await local.streams.leases()).to.deep.equal([]);
  });

  it("tell the team's topic of a failure", async () => {
    await local.streams.provision("never-confirmed");
    await local.clock.advance({ minutes: 30 });
    expect(await local.streams.latest("never-confirmed")).to.include({ status: "FAILED" });
    expect(local.notifications.subjects()).to.not.deep.equal([]);
  });

  it("are confirmed by no event but the component's own", async () => {
    const { resources } = local.runtime.graph;
    const policies = resources.filter(({ type }) => type === "aws:cloudwatch/eventBusPolicy:EventBusPolicy");
    expect(policies.map(({ name }) => name)).to.deep.equal(["team"]);
    expect(String(policies[0]?.inputs.policy)).to.include("OurEventsFromOurRolesOnly");
  });

  it("are reached under the API's own address and its domain name", async () => {
    const { status } = await local.api("/health");
    expect(status).to.equal(200);
    expect(local.outputs.apiDomain).to.have.property("url", "https://streams.example.com");
    const request = get(`${local.apiUrl}/health`, { headers: { host: "streams.example.com" } });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(200);
  });
});

describe("streams with tables that another stack has made", () => {
  const local = useLocal({
    config: {
      ...{ channelIds: "1234567", distributionId: "E2QWRUHAPOMQZL" },
      ...{ attemptsTableName: "team-attempts", leasesTableName: "team-leases" },
    },
  });

  it("go from their request to their end", async () => {
    expect(local.outputs.tableName).to.equal("team-attempts");
    await local.streams.makeReady("launch");
    await local.streams.end("launch");
    expect(await local.streams.latest("launch")).to.include({ status: "COMPLETE" });
    expect(await local.streams.leases()).to.deep.equal([]);
  });
});
