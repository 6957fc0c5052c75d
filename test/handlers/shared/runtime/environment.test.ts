import { expect } from "chai";
import { lambda } from "../../../../handlers/shared/runtime/lambda";

describe("the environment of a Lambda", () => {
  beforeEach(() => {
    process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
    process.env.LEAD_TIME_MINUTES = "none";
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_LOG_LEVEL;
    delete process.env.TABLE_NAME;
    delete process.env.LEAD_TIME_MINUTES;
  });

  for (const value of [undefined, ""]) {
    it(`is asked for at the first use, and a variable that is ${value === undefined ? "missing" : "empty"} is named`, async () => {
      if (value !== undefined) process.env.TABLE_NAME = value;
      const handler = lambda(
        "resume-orchestration",
        (_log, { TABLE_NAME }) =>
          async () =>
            TABLE_NAME,
      );
      const error: unknown = await handler({}).catch((thrown: unknown) => thrown);
      expect(String(error)).to.contain("'TABLE_NAME' is not set");
      process.env.TABLE_NAME = "attempts";
      expect(await handler({})).to.equal("attempts");
    });
  }
});
