import { expect } from "chai";
import { readPolicy } from "../../../local/iam/document";
import { type Decision, decide } from "../../../local/iam/evaluate";
import type { JsonObject } from "../../../local/json";
import { readOracleCases } from "./oracle-verdicts";

const policy = (statements: readonly JsonObject[]) => ({ Version: "2012-10-17", Statement: [...statements] });

function verdictOf(decision: Decision): string {
  if (decision === "allowed") return "Allowed";
  return decision === "not allowed" ? "ImplicitlyDenied" : "ExplicitlyDenied";
}

describe("the decisions on generated policies and requests", () => {
  it("are those of an independent IAM simulator", () => {
    const seen = new Map<string, number>();
    for (const one of readOracleCases()) {
      const { request, requester, identity, ofResource, verdict } = one;
      const own = requester.kind === "role" ? readPolicy(policy(identity), "own") : [];
      const ours = verdictOf(decide(request, requester, own, readPolicy(policy(ofResource), "theirs")));
      if (ours !== verdict) expect.fail(ours, verdict, `${JSON.stringify(one)} is ${ours} here.`);
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
    }
    expect(Object.fromEntries(seen)).to.deep.equal({
      Allowed: 985,
      ExplicitlyDenied: 565,
      ImplicitlyDenied: 924,
    });
  });
});
