import { expect } from "chai";
import { renderPolicyDocument } from "../../../local/record/policy-document";

describe("a policy document", () => {
  it("is rendered as the provider renders it", () => {
    const { json, minifiedJson, id } = renderPolicyDocument({
      policyId: "wall",
      statements: [
        {
          sid: "Read",
          actions: ["s3:GetObject", "s3:ListBucket"],
          resources: ["arn:aws:s3:::a/&{aws:username}", "arn:aws:s3:::b"],
          principals: [{ type: "AWS", identifiers: ["arn:aws:iam::000000000000:root"] }],
          conditions: [
            { test: "StringEquals", variable: "aws:x", values: ["b", "a"] },
            { test: "Bool", variable: "aws:SecureTransport", values: ["true"] },
            { test: "StringEquals", variable: "aws:w", values: ["<1>"] },
          ],
        },
        {
          effect: "Deny",
          notActions: ["s3:*"],
          notResources: ["*"],
          principals: [{ type: "*", identifiers: ["*"] }],
        },
      ],
    });
    expect(json).to.equal(`{
  "Version": "2012-10-17",
  "Id": "wall",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket",
        "s3:GetObject"
      ],
      "Resource": [
        "arn:aws:s3:::b",
        "arn:aws:s3:::a/\${aws:username}"
      ],
      "Principal": {
        "AWS": "arn:aws:iam::000000000000:root"
      },
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "true"
        },
        "StringEquals": {
          "aws:w": "\\u003c1\\u003e",
          "aws:x": [
            "b",
            "a"
          ]
        }
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "*",
      "Principal": "*"
    }
  ]
}`);
    expect(JSON.parse(String(minifiedJson))).to.deep.equal(JSON.parse(String(json)));
    expect(minifiedJson).not.to.match(/\s/);
    expect(id).to.match(/^\d+$/);
  });

  it("is the sum of its sources, itself and what overrides it, by Sid", () => {
    const source = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Sid: "A", Effect: "Allow", Action: "a:*", Resource: "*" }],
    });
    const over = JSON.stringify({ Statement: { Sid: "B", Effect: "Deny", Action: "b:*", Resource: "*" } });
    const { minifiedJson } = renderPolicyDocument({
      sourcePolicyDocuments: [source],
      statements: [{ sid: "B", actions: ["b:Get"], resources: ["*"] }],
      overridePolicyDocuments: [over],
    });
    expect(minifiedJson).to.equal(
      '{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":"a:*","Resource":"*"},{"Sid":"B","Effect":"Deny","Action":"b:*","Resource":"*"}]}',
    );
    expect(() => renderPolicyDocument({ statements: [{ sid: "A" }, { sid: "A" }] })).to.throw("the Sid 'A'");
  });
});
