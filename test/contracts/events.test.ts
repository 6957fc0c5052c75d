import { expect } from "chai";
import {
  check,
  eventContracts,
  streamHealthChangedDetailSchema,
  streamLifecycleProgressed,
  streamLifecycleProgressedDetailSchema,
  streamProvisionRequested,
  streamProvisionRequestedDetailSchema,
} from "../../contracts";
import { expectFit, expectIssues } from "../support/expect-issues";
import { compileJsonSchema } from "../support/json-schema";

const schemas = {
  StreamProvisionRequested: streamProvisionRequestedDetailSchema,
  StreamLifecycleProgressed: streamLifecycleProgressedDetailSchema,
  StreamHealthChanged: streamHealthChangedDetailSchema,
};

describe("The events", () => {
  for (const contract of eventContracts) {
    describe(contract.name, () => {
      it("comes from com.guidogerb.streams, with its name for a detail type", () => {
        expect(contract.source).to.equal("com.guidogerb.streams");
        expect(contract.detailType).to.equal(contract.name);
      });

      it("has an example that fits its schema", () => {
        expectFit(schemas[contract.name], contract.example);
        expect(compileJsonSchema(contract.detailSchema)(contract.example)).to.deep.equal([]);
      });

      it("takes members that are added later", () => {
        expectFit(schemas[contract.name], { ...contract.example, addedLater: { of: "any type" } });
      });
    });
  }

  it("require what consumers of StreamProvisionRequested rely on", () => {
    expect(streamProvisionRequested.detailSchema.required).to.have.members([
      "streamId",
      "title",
      "startTime",
      "ingestEndpoints",
    ]);
    expect(streamProvisionRequested.detailSchema.properties).to.include.keys("metadata");
    expectIssues(streamProvisionRequestedDetailSchema, { metadata: 5 }, [
      "streamId is required.",
      "title is required.",
      "startTime is required.",
      "ingestEndpoints is required.",
      "metadata must be an object of strings.",
    ]);
  });

  it("require what consumers of StreamLifecycleProgressed rely on", () => {
    expect(streamLifecycleProgressed.detailSchema.required).to.have.members(["streamId", "status"]);
    expect(streamLifecycleProgressed.detailSchema.properties).to.include.keys("reason", "occurredAt");
    expectIssues(streamLifecycleProgressedDetailSchema, { status: "UP", reason: 1, occurredAt: "now" }, [
      "streamId is required.",
      "status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.",
      "reason must be a string, received a number.",
      'occurredAt must be an RFC 3339 date-time, received "now".',
    ]);
  });

  it("are exported in the specification's order", () => {
    expect(eventContracts.map(({ name }) => name)).to.deep.equal(Object.keys(schemas));
  });

  it("do not mistake one detail for the other", () => {
    expect(check(streamLifecycleProgressedDetailSchema, streamProvisionRequested.example).ok).to.equal(false);
    expect(check(streamProvisionRequestedDetailSchema, streamLifecycleProgressed.example).ok).to.equal(false);
  });
});
