import { expect } from "chai";
import { type AwsError, isRetried, waitBefore } from "../../../../handlers/shared/aws/retries";

const error = (name: string, status?: number): AwsError =>
  Object.assign(new Error("Not now."), { name, ...(status !== undefined && { status }) });

describe("A try after an error of AWS", () => {
  /** The longest and the shortest of many waits. */
  const waits = (tries: number, of: AwsError) => {
    const all = Array.from({ length: 2_000 }, () => waitBefore(tries, of));
    return { least: Math.min(...all), most: Math.max(...all) };
  };

  it("comes after a random time, so that callers who were refused together do not come together again", () => {
    for (const [tries, of, most] of [
      [1, error("InternalServerError", 500), 100],
      [2, error("InternalServerError", 500), 200],
      [1, error("ThrottlingException", 400), 500],
      [2, error("ThrottlingException", 400), 1000],
      [1, error("UnknownError", 429), 500],
    ] as const) {
      const found = waits(tries, of);
      expect(found.most, `${of.name}, ${tries}`).to.be.within(most * 0.9, most);
      expect(found.least, `${of.name}, ${tries}`).to.be.within(1, most * 0.1);
    }
  });

  it("comes for what passes, and for nothing else", () => {
    for (const name of ["ThrottlingException", "ProvisionedThroughputExceededException", "TimeoutError"]) {
      expect(isRetried(error(name, 400)), name).to.equal(true);
    }
    for (const status of [429, 500, 502, 503, 504]) {
      expect(isRetried(error("UnknownError", status)), String(status)).to.equal(true);
    }
    for (const name of ["ConditionalCheckFailedException", "AccessDeniedException", "ValidationException"]) {
      expect(isRetried(error(name, 400)), name).to.equal(false);
    }
  });
});
