import { expect } from "chai";
import { lambda } from "../../../../handlers/shared/runtime/lambda";
import { useLocal } from "../../../support/use-local";

describe("a Lambda", () => {
  it("fails with an error, whatever its code throws", async () => {
    process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
    process.env.TABLE_NAME = "attempts";
    process.env.LEAD_TIME_MINUTES = "none";
    const handler = lambda("resume-orchestration", () => async () => {
      throw "rtmps://ingest.example.com/live/key\n" as unknown as Error;
    });
    const error: unknown = await handler({}).catch((thrown: unknown) => thrown);
    delete process.env.POWERTOOLS_LOG_LEVEL;
    delete process.env.TABLE_NAME;
    delete process.env.LEAD_TIME_MINUTES;
    expect(error).to.be.an.instanceOf(Error);
    expect(String(error)).to.equal("Error: rtmps://ingest.example.com/…\\n");
  });

  describe("in a deployment", () => {
    const local = useLocal({ config: { channelIds: "1001" } });

    it("logs the id of each invocation", async () => {
      await local.streams.request("logged");
      await local.settled();
      const lines = local.logs.all().filter(({ line }) => line.includes('"streamId":"logged"'));
      expect(lines).to.not.deep.equal([]);
      for (const { line } of lines) expect(line).to.include('"function_request_id"');
    });
  });
});
