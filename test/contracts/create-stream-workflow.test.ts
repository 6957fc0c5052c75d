import { expect } from "chai";
import fc from "fast-check";
import {
  check,
  createStreamWorkflowResponseSchema,
  normalizeRequest,
  createStreamWorkflowRequestSchema as schema,
} from "../../contracts";
import { expectFit, expectIssues } from "../support/expect-issues";
import { request, requests, shuffled } from "../support/requests";

describe("the endTime of a request", () => {
  const request = (more: object) => ({
    streamId: "spring-launch",
    title: "Spring launch",
    startTime: "2027-03-20T18:00:00+01:00",
    ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/key" }],
    ...more,
  });
  const issues = (more: object) => {
    const checked = check(schema, request(more));
    return checked.ok ? [] : checked.issues;
  };

  it("is at least a minute and at most a year after the startTime, and told with every other problem", () => {
    for (const endTime of ["2027-03-20T17:01:00Z", "2027-03-20T19:00:00+02:00", "2028-03-19T17:00:00Z"]) {
      expect(issues({ endTime }), endTime).to.have.lengthOf(endTime.endsWith("02:00") ? 1 : 0);
    }
    for (const endTime of ["2027-03-20T17:00:59.999Z", "2027-03-20T17:00:00Z", "2028-03-19T17:00:01Z"]) {
      expect(issues({ endTime, title: "" }), endTime).to.deep.equal([
        "title must have 1 to 140 characters, received 0.",
        `endTime must be 60 seconds to 8760 hours after startTime, received "${endTime}" for "2027-03-20T18:00:00+01:00".`,
      ]);
    }
    for (const endTime of ["tomorrow", 7, null]) expect(issues({ endTime })).to.have.lengthOf(1);
  });

  it("is in UTC in the normal form", () => {
    const checked = check(schema, request({ endTime: "2027-03-20T22:00:00+02:00" }));
    expect(checked.ok && normalizeRequest(checked.value).endTime).to.equal("2027-03-20T20:00:00.000Z");
  });
});

describe("The body of POST /streams", () => {
  it("takes a request with every member, and one with the required members alone", () => {
    expectFit(schema, request);
    const { metadata: _, ...required } = request;
    expectFit(schema, { ...required, ingestEndpoints: [{ protocol: "rtmp", url: "rtmp://a.example/live" }] });
  });

  it("reports every problem at once, each by its path", () => {
    expectIssues(
      schema,
      {
        streamId: "a_",
        title: "",
        startTime: "tomorrow",
        ingestEndpoints: [
          { protocol: "hls", url: "nowhere" },
          { backupUrl: "also nowhere", key: "secret" },
        ],
        metadata: { audience: 5, "two words": null },
        dryRun: true,
        owner: "me",
      },
      [
        'streamId must match ^[a-zA-Z0-9-]{3,64}$, received "a_".',
        "title must have 1 to 140 characters, received 0.",
        'startTime must be an RFC 3339 date-time, received "tomorrow".',
        "ingestEndpoints[0].protocol must be one of rtmp, rtmps, srt.",
        "ingestEndpoints[0].url must be a URI.",
        "ingestEndpoints[1].protocol is required.",
        "ingestEndpoints[1].url is required.",
        "ingestEndpoints[1].backupUrl must be a URI.",
        "ingestEndpoints[1].key is not allowed.",
        "metadata.audience must be a string, received a number.",
        'metadata["two words"] must be a string, received null.',
        "dryRun is not allowed.",
        "owner is not allowed.",
      ],
    );
  });

  it("calls each missing field required", () => {
    expectIssues(schema, {}, [
      "streamId is required.",
      "title is required.",
      "startTime is required.",
      "ingestEndpoints is required.",
    ]);
  });

  it("says which type a field has to have", () => {
    expectIssues(
      schema,
      { streamId: 7, title: null, startTime: true, ingestEndpoints: {}, metadata: ["a"] },
      [
        "streamId must be a string, received a number.",
        "title must be a string, received null.",
        "startTime must be a string, received a boolean.",
        "ingestEndpoints must be an array, received an object.",
        "metadata must be an object of strings.",
      ],
    );
    expectIssues(schema, { ...request, ingestEndpoints: ["rtmp://a.example"] }, [
      "ingestEndpoints[0] must be an object, received a string.",
    ]);
  });

  it("wants at least one ingest endpoint", () => {
    expectIssues(schema, { ...request, ingestEndpoints: [] }, [
      "ingestEndpoints must have at least 1 element, received none.",
    ]);
  });

  for (const body of [undefined, null, [], "{}", 1]) {
    it(`refuses ${JSON.stringify(body) ?? "a missing body"}, which is no object`, () => {
      expect(check(schema, body)).to.have.property("ok", false);
    });
  }

  it("takes streamId from 3 to 64 letters, digits and hyphens", () => {
    for (const streamId of ["abc", "A-9", "-".repeat(64)]) expectFit(schema, { ...request, streamId });
    for (const streamId of ["ab", "x".repeat(65), "a b c", "stream_1", "strøm", "abc\n"]) {
      expect(check(schema, { ...request, streamId }), streamId).to.have.property("ok", false);
    }
  });

  it("counts a title in Unicode code points", () => {
    expectFit(schema, { ...request, title: "🎬".repeat(140) });
    expectIssues(schema, { ...request, title: "🎬".repeat(141) }, [
      "title must have 1 to 140 characters, received 141.",
    ]);
  });

  it("refuses lone surrogates wherever there is free text", () => {
    const lone = "\ud83c";
    expectIssues(schema, { ...request, title: lone, metadata: { a: lone, [lone]: "b" } }, [
      "title must be well-formed Unicode text.",
      "metadata.a must be well-formed Unicode text.",
      `metadata[${JSON.stringify(lone)}] must be well-formed Unicode text.`,
    ]);
  });

  it("counts members that every object inherits as unknown at the levels that are closed", () => {
    const body = JSON.parse(
      JSON.stringify({
        ...request,
        ingestEndpoints: [{ protocol: "srt", url: "srt://a.example", toString: 1 }],
        constructor: 1,
      }).replace('"constructor"', '"__proto__":{"admin":true},"constructor"'),
    ) as unknown;
    expectIssues(schema, body, [
      "ingestEndpoints[0].toString is not allowed.",
      "__proto__ is not allowed.",
      "constructor is not allowed.",
    ]);
  });

  it("takes any name in metadata, those that objects inherit included", () => {
    const body = { ...request, metadata: JSON.parse('{"__proto__":"a","constructor":"b"}') as object };
    expect(check(schema, body).ok).to.equal(true);
    expectIssues(schema, { ...request, metadata: JSON.parse('{"__proto__":{},"constructor":1}') as object }, [
      "metadata.__proto__ must be a string, received an object.",
      "metadata.constructor must be a string, received a number.",
    ]);
  });

  it("never repeats URLs and metadata back, since they may carry a stream key", () => {
    const body = {
      ...request,
      ingestEndpoints: [{ protocol: "rtmp", url: "key-1 key-1", backupUrl: ["key-1"] }],
      metadata: { token: ["key-1"] },
    };
    expect(JSON.stringify(check(schema, body))).to.not.contain("key-1");
  });

  it("keeps an issue short however long the value is", () => {
    const result = check(schema, { ...request, streamId: "x".repeat(60_000), startTime: "9".repeat(60_000) });
    expect(JSON.stringify(result)).to.have.length.below(400);
  });
});

describe("normalizeRequest", () => {
  it("puts the start time in UTC and the members in a fixed order", () => {
    const spelled = {
      metadata: { region: "emea", department: "events" },
      ingestEndpoints: request.ingestEndpoints.map(shuffled),
      title: request.title,
      startTime: "2027-03-20T19:30:00+01:30",
      streamId: request.streamId,
    } as typeof request;
    expect(JSON.stringify(normalizeRequest(spelled))).to.equal(JSON.stringify(request));
  });

  it("keeps a metadata entry by the name __proto__", () => {
    const metadata = JSON.parse('{"b":"1","__proto__":"2"}') as Record<string, string>;
    const text = JSON.stringify(normalizeRequest({ ...request, metadata }).metadata);
    expect(text).to.equal('{"__proto__":"2","b":"1"}');
  });

  it("gives the same bytes for the same request, whatever the order of its members", () => {
    fc.assert(
      fc.property(requests, (one) => {
        const text = JSON.stringify(normalizeRequest(one));
        expect(JSON.stringify(normalizeRequest(shuffled(one) as typeof one))).to.equal(text);
      }),
    );
  });

  it("changes nothing when it is applied again, and stays within the schema", () => {
    fc.assert(
      fc.property(requests, (one) => {
        const normal = normalizeRequest(one);
        expect(JSON.stringify(normalizeRequest(normal))).to.equal(JSON.stringify(normal));
        expectFit(schema, normal);
      }),
    );
  });

  it("tells different requests apart", () => {
    const other = { ...request, ingestEndpoints: [...request.ingestEndpoints].reverse() };
    expect(JSON.stringify(normalizeRequest(other))).to.not.equal(JSON.stringify(normalizeRequest(request)));
  });
});

describe("The 202 of POST /streams", () => {
  it("has streamId, detailType, stateMachineArn and acceptedAt", () => {
    expectFit(createStreamWorkflowResponseSchema, {
      streamId: "spring-launch",
      detailType: "StreamProvisionRequested",
      stateMachineArn: "arn:aws:states:eu-west-1:123456789012:stateMachine:streams",
      acceptedAt: "2026-11-22T18:00:00.000Z",
    });
    expectIssues(createStreamWorkflowResponseSchema, {}, [
      "streamId is required.",
      "detailType is required.",
      "stateMachineArn is required.",
      "acceptedAt is required.",
    ]);
  });
});
