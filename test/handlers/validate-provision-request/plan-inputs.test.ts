import { expect } from "chai";
import type { ChannelInput } from "../../../contracts/internal";
import { planInputs } from "../../../handlers/validate-provision-request/plan-inputs";

const input = (inputId: string, type: ChannelInput["type"]): ChannelInput => ({ inputId, type });
const rtmp = { protocol: "rtmp", url: "rtmp://a.example.com/live/key" } as const;
const srt = { protocol: "srt", url: "srt://192.0.2.1:9000" } as const;
const endpoint = (url: string, backupUrl?: string) => ({
  ...srt,
  url,
  ...(backupUrl !== undefined && { backupUrl }),
});

function plan(inputs: ChannelInput[] | undefined, endpoints: Parameters<typeof planInputs>[1], sets = true) {
  return planInputs({ channelId: "1", ...(inputs && { inputs }) }, endpoints, sets);
}

describe("planInputs", () => {
  it("plans nothing for a channel whose inputs are not known", () => {
    expect(plan(undefined, [rtmp], false)).to.deep.equal({});
  });

  it("gives each endpoint an input of its protocol, in the order of the endpoints", () => {
    const inputs = [input("1", "RTMP_PUSH"), input("2", "SRT_LISTENER"), input("3", "RTMP_PUSH")];
    expect(plan(inputs, [srt, rtmp, rtmp])).to.deep.equal({
      inputs: [
        { inputId: "2", type: "SRT_LISTENER", protocol: "srt", sources: [] },
        { inputId: "1", type: "RTMP_PUSH", protocol: "rtmp", sources: [] },
        { inputId: "3", type: "RTMP_PUSH", protocol: "rtmp", sources: [] },
      ],
    });
  });

  it("gives an input that pulls the endpoint's URLs as its sources", () => {
    const backupUrl = "rtmp://b.example.com/live/key";
    expect(plan([input("1", "RTMP_PULL")], [{ ...rtmp, backupUrl }])).to.have.deep.nested.property(
      "inputs[0].sources",
      [{ Url: rtmp.url }, { Url: backupUrl }],
    );
    const urls = [
      "srt://192.0.2.1:9000?streamid=live%2Fa+b&mode=listener",
      "SRT://[2001:db8::1]:9001/?mode=caller",
    ] as const;
    expect(plan([input("1", "SRT_CALLER")], [endpoint(...urls)])).to.have.deep.nested.property(
      "inputs[0].sources",
      [
        { SrtListenerAddress: "192.0.2.1", SrtListenerPort: "9000", StreamId: "live/a+b" },
        { SrtListenerAddress: "2001:db8::1", SrtListenerPort: "9001" },
      ],
    );
  });

  it("passes over an input that cannot call the endpoint, for one that can be called", () => {
    const inputs = [input("1", "SRT_LISTENER"), input("2", "SRT_CALLER")];
    const listener = endpoint("srt://:9000?mode=listener");
    expect(plan(inputs, [srt, listener])).to.have.property("problem");
    expect(plan(inputs.slice(0, 1), [listener])).to.have.nested.property("inputs[0].inputId", "1");
    expect(plan([...inputs].reverse(), [listener, srt])).to.have.nested.property("inputs[1].inputId", "2");
  });

  for (const url of [
    "srt://a.example.com",
    "srt://:9000?mode=listener",
    "srt://user@a.example.com:9000",
    "srt://a.example.com:9000/live",
    "srt://a.example.com:9000?passphrase=s3cret-key",
    "srt://a.example.com:9000?mode=rendezvous",
    "srt://a.example.com:9000?streamid=a&streamid=b",
    "srt://a.example.com:9000?streamid=",
    "srt://a.example.com:9000?streamid=%ff",
  ]) {
    it(`has no source for ${url}, and does not repeat it`, () => {
      const { problem } = plan([input("7", "SRT_CALLER")], [endpoint(url)]);
      expect(problem).to.match(
        /^its input 7 \(SRT_CALLER\) takes no URLs as those of ingestEndpoints\[0\], which must be srt:/,
      );
      expect(problem).to.not.include("s3cret");
      expect(plan([input("7", "SRT_CALLER")], [endpoint(srt.url, url)])).to.have.property("problem", problem);
    });
  }

  it("refuses more endpoints of a protocol than there are inputs", () => {
    expect(plan([input("1", "RTMP_PUSH")], [rtmp, rtmp]).problem).to.equal(
      "it has no input for ingestEndpoints[1] (rtmp)",
    );
  });

  it("refuses to leave an input that pulls with the sources of an earlier stream", () => {
    expect(plan([input("1", "RTMP_PUSH"), input("2", "SRT_CALLER")], [rtmp]).problem).to.equal(
      "its input 2 (SRT_CALLER) fetches srt, for which the request has no endpoint",
    );
    expect(plan([input("1", "RTMP_PUSH"), input("2", "SRT_LISTENER")], [rtmp]).problem).to.equal(undefined);
  });

  it("gives a workflow that sets no sources only channels that need none", () => {
    expect(plan([input("1", "RTMP_PULL")], [rtmp], false).problem).to.match(/request the stream again$/);
    expect(plan([input("1", "RTMP_PUSH")], [rtmp], false).problem).to.equal(undefined);
  });
});
