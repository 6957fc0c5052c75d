import { expect } from "chai";
import { emitLifecycleProgressed } from "../../../../handlers/shared/events/stream-events";
import { fakeBus } from "../../support/fakes";

describe("an event that the bus loses", () => {
  const detail = {
    streamId: "spring-launch",
    status: "READY",
    occurredAt: "2027-03-20T17:00:00.000Z",
    attempt: 1,
    origin: "api",
  } as const;

  for (const lost of [0, 2]) {
    it(`is put again after a wait each time: lost ${lost} times`, async () => {
      const waits: number[] = [];
      const bus = { ...fakeBus((tries) => tries <= lost), wait: async (ms: number) => void waits.push(ms) };
      await emitLifecycleProgressed(bus, detail);
      expect(bus.details).to.deep.equal([detail]);
      expect(waits).to.have.lengthOf(lost);
      for (const wait of waits) expect(wait).to.be.greaterThan(0);
    });
  }
});
