import { expect } from "chai";
import { confirmationPattern } from "../../../components/events/confirmation";
import { streamStatuses } from "../../../contracts";
import type { JsonObject } from "../../../local/json";
import { compileEventPattern } from "../../../local/services/event-bridge/event-pattern";

const matches = compileEventPattern(confirmationPattern);
const event = (detail: JsonObject, envelope: JsonObject = {}): JsonObject => ({
  source: "com.guidogerb.streams",
  "detail-type": "StreamLifecycleProgressed",
  detail: { streamId: "spring-launch", status: "READY", ...detail },
  ...envelope,
});

describe("The pattern of confirmations", () => {
  it("matches READY and FAILED, COMPLETE, by which a stream is cancelled, and no other status", () => {
    const matched = streamStatuses.filter((status) => matches(event({ status })));
    expect(matched).to.deep.equal(["READY", "FAILED", "COMPLETE"]);
  });

  it("matches whoever says so, with and without an origin", () => {
    expect(matches(event({}))).to.equal(true);
    for (const origin of ["api", "encoder-watch", ""])
      expect(matches(event({ origin })), origin).to.equal(true);
  });

  it("passes over what the workflow itself announces, which would resume it by its own voice", () => {
    expect(matches(event({ origin: "orchestrator" }))).to.equal(false);
  });

  it("passes over other events and other sources", () => {
    expect(matches(event({}, { "detail-type": "StreamProvisionRequested" }))).to.equal(false);
    expect(matches(event({}, { source: "aws.medialive" }))).to.equal(false);
  });
});
