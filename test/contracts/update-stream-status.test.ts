import {
  updateStreamStatusRequestSchema as schema,
  streamStatuses,
  updateStreamStatusResponseSchema,
} from "../../contracts";
import { expectFit, expectIssues } from "../support/expect-issues";

const update = { streamId: "spring-launch", status: "READY" };
const wrongStatus = "status must be one of PROVISIONING, READY, LIVE, FAILED, COMPLETE.";

describe("The body of PUT /streams", () => {
  for (const status of streamStatuses) {
    it(`takes the status ${status}`, () => expectFit(schema, { ...update, status }));
  }

  it("names the statuses where another came", () => {
    for (const status of ["DONE", "ready", "", 5, null, ["READY"]]) {
      expectIssues(schema, { ...update, status }, [wrongStatus]);
    }
  });

  it("reports every problem at once", () => {
    expectIssues(schema, { status: "DONE", reason: "x".repeat(281), attempt: 2, hasOwnProperty: 1 }, [
      "streamId is required.",
      wrongStatus,
      "reason must have 0 to 280 characters, received 281.",
      "attempt is not allowed.",
      "hasOwnProperty is not allowed.",
    ]);
    expectIssues(schema, {}, ["streamId is required.", "status is required."]);
  });

  it("takes a reason of up to 280 code points, an empty one too", () => {
    for (const reason of ["", "🎬".repeat(280)]) expectFit(schema, { ...update, reason });
    expectIssues(schema, { ...update, reason: "🎬".repeat(281) }, [
      "reason must have 0 to 280 characters, received 281.",
    ]);
    expectIssues(schema, { ...update, reason: "\udc00" }, ["reason must be well-formed Unicode text."]);
    expectIssues(schema, { ...update, reason: null }, ["reason must be a string, received null."]);
  });
});

describe("The 200 of PUT /streams", () => {
  it("has streamId, status, detailType and updatedAt, and a reason where there is one", () => {
    const response = {
      ...update,
      detailType: "StreamLifecycleProgressed",
      updatedAt: "2026-11-22T18:00:00Z",
    };
    expectFit(updateStreamStatusResponseSchema, response);
    expectFit(updateStreamStatusResponseSchema, { ...response, reason: "as planned" });
    expectIssues(updateStreamStatusResponseSchema, {}, [
      "streamId is required.",
      "status is required.",
      "detailType is required.",
      "updatedAt is required.",
    ]);
  });
});
