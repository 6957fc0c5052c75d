import { expect } from "chai";
import { useJourney } from "../../journeys/support/journey";

describe("a program with callbacks of its own", () => {
  const journey = useJourney({ program: "test/local/fixtures/subscriptions.ts" });

  const said = (line: string) =>
    journey.observations.until(`the line '${line}'`, (all) =>
      all.find((seen) => seen.kind === "log" && seen.line === line),
    );

  it("runs them for the events that they asked for, and for no others", async () => {
    await journey.makeReady("spring-launch");
    await said("billing: spring-launch is to start at 2027-03-20T18:00:00.000Z");
    await said("chat: spring-launch is READY");
    await journey.put({ streamId: "spring-launch", status: "LIVE" });
    await journey.put({ streamId: "spring-launch", status: "COMPLETE" });
    await said("chat: spring-launch is COMPLETE");
    const lines = journey.observations.all.flatMap((seen) =>
      seen.kind === "log" && /^(billing|chat): /.test(seen.line) ? [seen.line] : [],
    );
    expect(lines).not.to.include("chat: spring-launch is LIVE");
    expect(lines.filter((line) => line.startsWith("billing: "))).to.have.lengthOf(1);
  });

  it("keeps an event that a callback cannot handle in the dead-letter queue", async () => {
    const failures = (count: number) =>
      journey.observations.until(
        `failure ${count} of the callback`,
        (all) =>
          all.filter((seen) => seen.kind === "log" && seen.line.includes("The chat is down."))[count - 1],
      );
    await journey.aws.announce({ streamId: "no-such-stream", status: "COMPLETE", reason: "Break the chat." });
    await failures(1);
    await journey.clock.advance({ seconds: 60 });
    await failures(2);
    await journey.clock.advance({ seconds: 120 });
    await failures(3);
    const [letter] = await journey.aws.deadLetters();
    expect(JSON.parse(letter?.Body ?? "{}")).to.have.nested.property(
      "requestPayload.detail.streamId",
      "no-such-stream",
    );
  });
});
