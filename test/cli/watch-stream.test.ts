import { expect } from "chai";
import type { Terminal } from "../../cli/operate/terminal";
import { watchStream } from "../../cli/operate/watch-stream";
import { StreamApiError, type StreamClient } from "../../client";
import type { Stream } from "../../contracts";
import { stream } from "../client/support/stream";

const options = { untilReady: false, timeoutMinutes: 60, json: false };
const unavailable = new StreamApiError("503 Service Unavailable", {
  operation: "GetStream",
  code: "Unavailable",
});
const forbidden = new StreamApiError("403 Forbidden", { operation: "GetStream", code: "Forbidden" });
const complete: Stream = { ...stream, status: "COMPLETE" };

describe("watching a stream", () => {
  /** Watches a stream that the API tells of in the given way, one answer after the other. */
  async function watch(answers: readonly (Stream | Error)[], overrides: Partial<typeof options> = {}) {
    let now = 0;
    const waits: number[] = [];
    const lines: string[] = [];
    const warnings: string[] = [];
    const left = [...answers];
    const getStream = async () => {
      const answer = left.shift();
      if (answer instanceof Error || answer === undefined)
        throw answer ?? new Error("It was asked too often.");
      return answer;
    };
    const io: Terminal = {
      print: (line) => lines.push(line),
      warn: (line) => warnings.push(line),
      now: () => now,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
      },
      env: {},
    };
    const client = { getStream } as unknown as StreamClient;
    const result = await watchStream(client, "spring-launch", { ...options, ...overrides }, io).catch(
      (error: Error) => error.message,
    );
    return { result, waits, lines, warnings };
  }

  it("asks less and less often while nothing changes", async () => {
    const { result, waits } = await watch([...Array(8).fill(stream), complete]);
    expect(result).to.equal(0);
    expect(waits.map((each) => Math.round(each / 1000))).to.deep.equal([2, 3, 5, 7, 10, 15, 15, 15]);
  });

  it("goes on where the API does not answer for a while, and says so", async () => {
    const { result, warnings } = await watch([
      stream,
      ...Array(4).fill(unavailable),
      stream,
      unavailable,
      complete,
    ]);
    expect(result).to.equal(0);
    expect(warnings).to.deep.equal(Array(5).fill("GetStream: 503 Service Unavailable It is asked again."));
  });

  it("ends where the API does not answer five times in a row", async () => {
    const { result } = await watch([stream, ...Array(5).fill(unavailable), complete]);
    expect(result).to.equal("GetStream: 503 Service Unavailable");
  });

  it("ends at once where it may not read", async () => {
    expect((await watch([stream, forbidden])).result).to.match(/^GetStream: 403 Forbidden\n/);
  });

  it("tells of trouble and of its end, and prints JSON of one line where that is asked for", async () => {
    const since = "2027-03-20T18:10:05.000Z";
    const alerts = [{ type: "Video Not Detected", pipeline: "0", since }];
    const troubled: Stream = { ...stream, health: { status: "NO_INPUT", since, alerts } };
    const well: Stream = { ...stream, health: { status: "OK", alerts: [] } };
    const failed: Stream = {
      ...stream,
      status: "FAILED",
      failure: { state: "ProvisionEncoderInfrastructure", error: "ChannelGone", cause: "It was deleted." },
    };
    const answers = [stream, troubled, troubled, well, failed];
    const { result, lines } = await watch(answers);
    expect(result).to.equal(2);
    expect(lines.slice(1)).to.deep.equal([
      "Its health is NO_INPUT, Video Not Detected.",
      "Its health is OK.",
      "It failed in ProvisionEncoderInfrastructure: ChannelGone: It was deleted.",
    ]);
    const printed = (await watch(answers, { json: true })).lines;
    expect(printed.map((line) => JSON.parse(line))).to.deep.equal([stream, troubled, well, failed]);
  });
});
