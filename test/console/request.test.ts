import { expect } from "chai";
import { placeIssues } from "../../console/issues";
import { fieldPaths, type RequestFields, requestBody } from "../../console/request-body";
import { check, createStreamWorkflowRequestSchema } from "../../contracts";

const none: RequestFields = {
  ...{ streamId: "", title: "", startTime: "", endTime: "", channelId: "" },
  ...{ endpoints: [{ protocol: "rtmps", url: "", backupUrl: "" }], metadata: [] },
};
const full: RequestFields = {
  ...{ streamId: "spring-launch", title: "Spring launch", channelId: "1234567" },
  ...{ startTime: "2027-03-20T18:00", endTime: "2027-03-20T19:00:30" },
  endpoints: [
    { protocol: "rtmps", url: "rtmps://ingest.example.com/live", backupUrl: "rtmps://b.example.com/live" },
  ],
  metadata: [
    { name: "region", value: "emea" },
    { name: "", value: "" },
  ],
};

describe("the body that the request form makes", () => {
  it("is what the API takes, with times in UTC and without what is empty", () => {
    expect(check(createStreamWorkflowRequestSchema, requestBody(full))).to.deep.include({ ok: true });
    expect(requestBody(full)).to.deep.include({
      ...{ startTime: "2027-03-20T18:00:00Z", endTime: "2027-03-20T19:00:30Z", metadata: { region: "emea" } },
    });
    expect(requestBody(none)).to.deep.equal({ ingestEndpoints: [{ protocol: "rtmps" }] });
  });
});

describe("the issues of a refused request", () => {
  it("all stand beside a field of the form", () => {
    const odd = {
      ...none,
      streamId: "a b",
      channelId: "x",
      endTime: "2027-03-20T18:00",
      startTime: "2027-03-20T18:00",
    };
    const bodies = [
      requestBody(none),
      requestBody(odd),
      { ...requestBody(full), metadata: { region: 1 }, ingestEndpoints: [] },
    ];
    for (const body of bodies) {
      const checked = check(createStreamWorkflowRequestSchema, body);
      const issues = checked.ok ? [] : checked.issues;
      const { byField, others } = placeIssues(issues, fieldPaths(full));
      expect(issues).to.not.deep.equal([]);
      expect(others).to.deep.equal([]);
      expect([...byField.values()].flat()).to.have.lengthOf(issues.length);
    }
  });

  it("lose the field's name beside it, and keep the whole path beside a field around it", () => {
    const issues = [
      "title is required.",
      'metadata["a b"] must be a string, received a number.',
      "Something else.",
    ];
    const { byField, others } = placeIssues(issues, ["title", "metadata"]);
    expect(Object.fromEntries(byField)).to.deep.equal({
      title: ["is required."],
      metadata: ['metadata["a b"] must be a string, received a number.'],
    });
    expect(others).to.deep.equal(["Something else."]);
  });
});
