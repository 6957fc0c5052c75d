import { expect } from "chai";
import fc from "fast-check";
import { executionName, numberAttempt } from "../../../../handlers/shared/store/number-attempt";
import { anAttempt } from "../../support/tables";

const startTime = "2027-03-20T17:00:00.000Z";

describe("the number of an attempt", () => {
  const numbered = (name: string, latest?: number) =>
    numberAttempt(
      "spring-launch",
      { id: "arn:mine", name, startTime },
      latest === undefined ? undefined : anAttempt({ attempt: latest }),
    );

  it("is 1 for a new stream", () => {
    expect(numbered("by-hand")).to.equal(1);
  });

  for (const name of [
    "other-stream_9",
    "spring-launch_0",
    "spring-launch_09",
    "spring-launch_-9",
    "spring-launch_9_9",
    "spring-launch_9.5",
    "spring-launch_9999999999",
    "spring-launch_",
    "9",
  ]) {
    it(`takes nothing from the name ${name}`, () => {
      expect(numbered(name, 3)).to.equal(4);
    });
  }

  it("grows, and is the name's whenever the name is of POST /streams", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.nat(1000), (number, latest) => {
        const attempt = numbered(executionName("spring-launch", number), latest);
        expect(attempt).to.equal(Math.max(number, latest + 1));
      }),
    );
  });
});
