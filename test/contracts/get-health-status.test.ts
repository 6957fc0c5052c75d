import { expect } from "chai";
import { check, degradedResponseSchema, healthyResponseSchema } from "../../contracts";
import { expectFit, expectIssues } from "../support/expect-issues";

const table = { name: "table", state: "ready", observedAt: "2026-11-22T18:00:00Z" };

describe("The answers of GET /health", () => {
  it("is ok with at least one service", () => {
    expectFit(healthyResponseSchema, { status: "ok", services: [table] });
    expect(check(healthyResponseSchema, { status: "ok", services: [] }).ok).to.equal(false);
  });

  it("gives each service a name, a state and when it was observed", () => {
    expectIssues(healthyResponseSchema, { status: "ok", services: [{}, { ...table, state: "up" }] }, [
      "services[0].name is required.",
      "services[0].state is required.",
      "services[0].observedAt is required.",
      "services[1].state must be one of ready, unavailable.",
    ]);
  });

  it("is degraded, and never ok, in the answer 503", () => {
    expectFit(degradedResponseSchema, {
      status: "degraded",
      services: [{ ...table, state: "unavailable" }],
    });
    expectIssues(degradedResponseSchema, { services: [table] }, ["status is required."]);
  });
});
