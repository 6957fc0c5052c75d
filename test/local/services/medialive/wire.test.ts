import {
  CreateChannelCommand,
  DescribeChannelCommand,
  DescribeInputCommand,
  ListChannelsCommand,
  MediaLiveClient,
  StartChannelCommand,
  StopChannelCommand,
  UpdateInputCommand,
} from "@aws-sdk/client-medialive";
import { expect } from "chai";
import { MediaLive } from "../../../../local/services";
import { SteppedClock } from "../../../support/stepped-clock";
import { accountId, region, rejection, startServer, type TestServer } from "../../support/test-server";

describe("MediaLive over REST-JSON", () => {
  const clock = new SteppedClock();
  let server: TestServer;
  let client: MediaLiveClient;

  before(async () => {
    const service = new MediaLive({ clock, region, accountId });
    service.addChannel("1234567", { name: "north", startMilliseconds: 1000, stopMilliseconds: 1000 });
    service.addInput("7", "SRT_CALLER");
    server = await startServer({ MediaLive: service });
    client = new MediaLiveClient(server.client);
  });

  after(async () => {
    client.destroy();
    await server.close();
  });

  it("starts, describes, lists and stops a channel", async () => {
    const started = await client.send(new StartChannelCommand({ ChannelId: "1234567" }));
    await clock.advance({ milliseconds: 1000 });
    const described = await client.send(new DescribeChannelCommand({ ChannelId: "1234567" }));
    const listed = await client.send(new ListChannelsCommand({ MaxResults: 20 }));
    const stopped = await client.send(new StopChannelCommand({ ChannelId: "1234567" }));

    const arn = `arn:aws:medialive:${region}:${accountId}:channel:1234567`;
    expect(started).to.deep.include({
      Id: "1234567",
      Arn: arn,
      Name: "north",
      State: "STARTING",
      PipelinesRunningCount: 0,
    });
    expect(described).to.deep.include({ State: "RUNNING", PipelinesRunningCount: 1 });
    expect(listed.Channels?.map(({ Id, State }) => [Id, State])).to.deep.equal([["1234567", "RUNNING"]]);
    expect(stopped.State).to.equal("STOPPING");
  });

  it("updates and describes an input", async () => {
    const SrtCallerSources = [{ SrtListenerAddress: "192.0.2.7", SrtListenerPort: "9000", StreamId: "live" }];
    const updated = await client.send(
      new UpdateInputCommand({ InputId: "7", SrtSettings: { SrtCallerSources } }),
    );
    expect(updated.Input?.SrtSettings).to.deep.equal({ SrtCallerSources });
    const described = await client.send(new DescribeInputCommand({ InputId: "7" }));
    expect(described).to.deep.include({ Type: "SRT_CALLER", SrtSettings: { SrtCallerSources } });
  });

  it("answers with 409 and 404 where MediaLive does", async () => {
    const conflict = await rejection(client.send(new StartChannelCommand({ ChannelId: "1234567" })));
    const missing = await rejection(client.send(new DescribeChannelCommand({ ChannelId: "7654321" })));
    expect([conflict.name, conflict.$metadata?.httpStatusCode]).to.deep.equal(["ConflictException", 409]);
    expect([missing.name, missing.$metadata?.httpStatusCode]).to.deep.equal(["NotFoundException", 404]);
    expect(missing.message).to.contain("7654321");
  });

  it("names an action that it does not serve", async () => {
    const error = await rejection(client.send(new CreateChannelCommand({ Name: "south" })));
    expect(error.name).to.equal("UnknownOperationException");
    expect(error.message).to.contain("MediaLive POST /prod/channels");
  });
});
