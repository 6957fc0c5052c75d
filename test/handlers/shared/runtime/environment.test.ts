import { expect } from "chai";
import { environment } from "../../../../handlers/shared/runtime/environment";
import { lambda } from "../../../../handlers/shared/runtime/logger";

describe("the environment of a Lambda", () => {
  beforeEach(() => {
    process.env.POWERTOOLS_LOG_LEVEL = "SILENT";
  });
  afterEach(() => {
    delete process.env.POWERTOOLS_LOG_LEVEL;
    delete process.env.TABLE_NAME;
  });

  for (const value of [undefined, ""]) {
    it(`is asked for at the first use, and a variable that is ${value === undefined ? "missing" : "empty"} is named`, async () => {
      if (value !== undefined) process.env.TABLE_NAME = value;
      const handler = lambda("test", () => {
        const tableName = environment("TABLE_NAME");
        return async () => tableName;
      });
      const error: unknown = await handler({}).catch((thrown: unknown) => thrown);
      expect(String(error)).to.contain("'TABLE_NAME' is not set");
      process.env.TABLE_NAME = "attempts";
      expect(await handler({})).to.equal("attempts");
    });
  }
});
