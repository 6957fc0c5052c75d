import {
  DescribeEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { expect } from "chai";
import type { JsonObject } from "../../../../local/json";
import { EventBridge } from "../../../../local/services/event-bridge/event-bridge";
import { SteppedClock } from "../../../support/stepped-clock";
import { accountId, region, rejection, startServer, type TestServer } from "../../support/test-server";

describe("EventBridge over AWS JSON 1.1", () => {
  const events: JsonObject[] = [];
  let server: TestServer;
  let client: EventBridgeClient;

  before(async () => {
    const service = new EventBridge({
      clock: new SteppedClock(),
      region,
      accountId,
      deliver: async () => {},
      deadLetter: async () => {},
      onEvent: (_, event) => events.push(event),
    });
    service.createEventBus("streams");
    server = await startServer({ EventBridge: service });
    client = new EventBridgeClient(server.client);
  });

  after(async () => {
    client.destroy();
    await server.close();
  });

  it("accepts events, and says which entries it did not", async () => {
    const time = new Date("2026-05-06T07:08:09.999Z");
    const entry = {
      EventBusName: "streams",
      Source: "test",
      DetailType: "Tested",
      Detail: '{"n":1}',
      Time: time,
    };

    const answer = await client.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: "{" }] }));

    expect(answer.FailedEntryCount).to.equal(1);
    expect(answer.Entries?.[1]).to.deep.equal({
      ErrorCode: "MalformedDetail",
      ErrorMessage: "Detail is malformed.",
    });
    expect(events).to.deep.equal([
      {
        version: "0",
        id: answer.Entries?.[0]?.EventId,
        "detail-type": "Tested",
        source: "test",
        account: accountId,
        time: "2026-05-06T07:08:09Z",
        region,
        resources: [],
        detail: { n: 1 },
      },
    ]);
  });

  it("describes a bus, and says when there is none", async () => {
    const bus = await client.send(new DescribeEventBusCommand({ Name: "streams" }));
    const error = await rejection(client.send(new DescribeEventBusCommand({ Name: "nothing" })));
    expect(bus.Arn).to.equal(`arn:aws:events:${region}:${accountId}:event-bus/streams`);
    expect(error.name).to.equal("ResourceNotFoundException");
  });

  it("names an action that it does not serve", async () => {
    const error = await rejection(client.send(new PutRuleCommand({ Name: "rule", EventPattern: "{}" })));
    expect(error.name).to.equal("UnknownOperationException");
    expect(error.message).to.contain("EventBridge PutRule");
  });
});
