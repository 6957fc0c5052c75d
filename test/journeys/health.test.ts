import { expect } from "chai";
import { readAnswer } from "../../testing";
import { useLocal } from "../support/use-local";

const names = ["table", "state-machine", "event-bus"];

describe("the health of a deployment in which all is well", () => {
  const local = useLocal();

  it("is ok, with every service that it rests on", async () => {
    const { status, body } = await readAnswer(await local.api("/health?probe=1"));
    expect(status).to.equal(200);
    expect(body.status).to.equal("ok");
    const services = body.services as unknown as { name: string; state: string; observedAt: string }[];
    expect(services.map(({ name, state }) => [name, state])).to.deep.equal(
      names.map((name) => [name, "ready"]),
    );
    for (const { observedAt } of services) expect(new Date(observedAt).toISOString()).to.equal(observedAt);
  });

  it("is looked at once for many who ask at once", async () => {
    const before = local.faults.calls().length;
    const answers = await Promise.all([1, 2, 3, 4].map(() => local.api("/health")));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    // The first look was cached a moment ago.
    const made = local.faults.calls().slice(before);
    expect(made.filter(({ action }) => action === "DescribeTable").length).to.be.at.most(1);
  });
});

describe("the health of a deployment whose bus is out of reach", () => {
  const local = useLocal();

  it("is degraded, and names the service without its secrets", async () => {
    const error = { code: "AccessDeniedException", message: "arn:aws:iam::1:role/secret may not" };
    local.faults.fail({ service: "EventBridge", action: "DescribeEventBus", error });
    const { status, headers, body } = await readAnswer(await local.api("/health"));
    expect([status, headers.get("content-type")]).to.deep.equal([503, "application/json"]);
    expect(body.status).to.equal("degraded");
    expect((body.services as unknown as { state: string }[]).map(({ state }) => state)).to.deep.equal([
      "ready",
      "ready",
      "unavailable",
    ]);
    expect(JSON.stringify(body)).not.to.include("secret");
  });
});
