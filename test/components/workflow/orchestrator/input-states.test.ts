import { expect } from "chai";
import type { PlannedInput } from "../../../../contracts/internal";
import { buildDefinition, stateOf } from "../../../support/definition";
import { evaluate } from "../../../support/jsonata";

const definition = buildDefinition();
const read = stateOf(definition, "ReadInput", "Task");
const decide = stateOf(definition, "DecideInputSources", "Choice");
const set = stateOf(definition, "SetInputSources", "Task");

const push: PlannedInput = { inputId: "8", type: "RTMP_PUSH", protocol: "rtmp", sources: [] };
const rtmp: PlannedInput = {
  ...push,
  type: "RTMP_PULL",
  sources: [{ Url: "rtmp://a.example.com/live/key" }, { Url: "rtmp://b.example.com/live/key" }],
};
const address = { SrtListenerAddress: "192.0.2.7", SrtListenerPort: "9000" };
const srt: PlannedInput = {
  ...push,
  type: "SRT_CALLER",
  protocol: "srt",
  sources: [{ ...address, StreamId: "s3cret" }],
};

/** The variables in the turn of an input, which is the second one. */
const turnOf = (input: PlannedInput, states: object = {}) => ({
  provision: { channel: { channelId: "1" }, inputs: [push, input] },
  inputs: [{ inputId: "8", type: "RTMP_PUSH", protocol: "rtmp" }],
  confirmedRedrives: 0,
  states: { context: { Execution: {} }, ...states },
});

const causeOf = (rule?: { readonly Assign?: { failure?: { cause?: string } } }) =>
  String(rule?.Assign?.failure?.cause);

async function outputOf(input: PlannedInput, result: object): Promise<{ [member: string]: unknown }> {
  const members = Object.entries(read.Output as { [member: string]: string });
  const values = members.map(async ([name, text]) => [name, await evaluate(text, turnOf(input, { result }))]);
  return Object.fromEntries(await Promise.all(values)) as { [member: string]: unknown };
}

describe("The inputs of a channel", () => {
  it("are read as far as they are needed, and no further: sources of the stream before are secrets", async () => {
    const result = {
      ...{ Type: "SRT_CALLER", InputClass: "STANDARD", AttachedChannels: ["1"] },
      Destinations: [{ Url: "rtmp://198.51.100.1:1935/live/a" }, { Ip: "198.51.100.2", Port: "5000" }],
      SrtSettings: {
        SrtCallerSources: [
          { ...address, StreamId: "old", Decryption: { Algorithm: "AES256" }, MinimumLatency: 120 },
          address,
        ],
      },
    };
    expect(await outputOf(srt, result)).to.deep.equal({
      type: "SRT_CALLER",
      isAttached: true,
      sources: 2,
      destinations: ["rtmp://198.51.100.1:1935/live/a", "srt://198.51.100.2:5000"],
      callers: [{ Decryption: { Algorithm: "AES256" }, MinimumLatency: 120 }, {}],
    });
    const single = { Type: "RTMP_PULL", InputClass: "SINGLE_PIPELINE", AttachedChannels: ["2"], Sources: [] };
    expect(await outputOf(rtmp, single)).to.deep.equal({
      ...{ type: "RTMP_PULL", isAttached: false, sources: 1, destinations: [], callers: [] },
    });
  });

  it("end the attempt where one is another channel's, or of another type", async () => {
    const [mismatch] = decide.Choices;
    const found = { type: "RTMP_PULL", isAttached: true };
    const matches = (input: object) => evaluate(String(mismatch?.Condition), turnOf(rtmp, { input }));
    expect(await matches(found)).to.equal(false);
    expect(await matches({ ...found, isAttached: false })).to.equal(true);
    expect(await matches({ ...found, type: "RTMP_PUSH" })).to.equal(true);
    expect(
      await evaluate(causeOf(mismatch), turnOf(rtmp, { input: { ...found, isAttached: false } })),
    ).to.equal(
      "Input 8 must be an input of channel 1 of type RTMP_PULL, as the deployment says. It is of type RTMP_PULL, and the channel does not have it.",
    );
  });

  const sourcesOf = (planned: PlannedInput, input: object) =>
    evaluate(String(set.Arguments), turnOf(planned, { input }));

  it("get a source for each pipeline", async () => {
    const [first, second] = rtmp.sources;
    const one = { ...rtmp, sources: [first] } as PlannedInput;
    expect(await sourcesOf(rtmp, { sources: 2, callers: [] })).to.deep.equal({
      InputId: "8",
      Sources: [first, second],
    });
    expect(await sourcesOf(rtmp, { sources: 1, callers: [] })).to.deep.equal({
      InputId: "8",
      Sources: [first],
    });
    expect(await sourcesOf(one, { sources: 2, callers: [] })).to.deep.equal({
      InputId: "8",
      Sources: [first, first],
    });
  });

  it("keep what an SRT source has besides its address", async () => {
    const [source] = srt.sources;
    const callers = [{ Decryption: { Algorithm: "AES256" } }, { MinimumLatency: 500 }];
    expect(await sourcesOf(srt, { sources: 2, callers })).to.deep.equal({
      InputId: "8",
      SrtSettings: {
        SrtCallerSources: [
          { ...source, Decryption: { Algorithm: "AES256" } },
          { ...source, MinimumLatency: 500 },
        ],
      },
    });
    expect(await sourcesOf(srt, { sources: 1, callers: [] })).to.deep.equal({
      InputId: "8",
      SrtSettings: { SrtCallerSources: [source] },
    });
  });

  it("are not set by an execution that was redriven since it confirmed its lease", async () => {
    const states = { input: { sources: 1, callers: [] }, context: { Execution: { RedriveCount: 1 } } };
    const failure = await evaluate(String(set.Arguments), turnOf(rtmp, states)).then(
      () => "nothing was thrown",
      (error: unknown) => (error as Error).message,
    );
    expect(failure).to.match(/redriven/);
  });

  it("have their stream keys left out of what MediaLive says", async () => {
    const cause = causeOf(set.Catch?.at(-1));
    const said = (planned: PlannedInput, Cause: string) =>
      evaluate(cause, turnOf(planned, { errorOutput: { Error: "MediaLive.BadRequestException", Cause } }));
    expect(
      await said(rtmp, "Invalid URL (rtmp://a.example.com/live/key) specified for inputSource"),
    ).to.equal("Invalid URL (rtmp://a.example.com/… specified for inputSource");
    expect(await said(srt, "Stream id s3cret of srt://192.0.2.7:9000 is too long, s3cret")).to.equal(
      "Stream id … of srt://192.0.2.7:9000/… is too long, …",
    );
    for (const url of [
      "RTMP://user:key@a.example.com/live",
      "RTMP://a.example.com?key",
      "RTMP://a.example.com#key",
    ]) {
      expect(await said(rtmp, `No ${url} here`), url).to.equal("No RTMP://a.example.com/… here");
    }
    expect(await evaluate(cause, turnOf(rtmp, { errorOutput: { Error: "States.Timeout" } }))).to.equal("");
  });
});
