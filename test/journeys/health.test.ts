import { expect } from "chai";
import { AwsError } from "../../local/services";
import { useJourney } from "./support/journey";

const names = ["table", "state-machine", "event-bus"];

describe("the health of a deployment in which all is well", () => {
  const journey = useJourney();

  it("is ok, with every service that it rests on", async () => {
    const { status, body } = await journey.request("GET", "/health?probe=1");
    expect(status).to.equal(200);
    expect(body.status).to.equal("ok");
    const services = body.services as { name: string; state: string; observedAt: string }[];
    expect(services.map(({ name, state }) => [name, state])).to.deep.equal(
      names.map((name) => [name, "ready"]),
    );
    for (const { observedAt } of services) expect(new Date(observedAt).toISOString()).to.equal(observedAt);
  });

  it("is looked at once for many who ask at once", async () => {
    let looks = 0;
    journey.calls.around("DynamoDB", (action, _input, call) => {
      if (action === "DescribeTable") looks += 1;
      return call();
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => journey.request("GET", "/health")));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200]);
    // The first look was cached a moment ago.
    expect(looks).to.be.at.most(1);
  });
});

describe("the health of a deployment whose bus is out of reach", () => {
  const journey = useJourney();

  it("is degraded, and names the service without its secrets", async () => {
    const denied = new AwsError("AccessDeniedException", "arn:aws:iam::1:role/secret may not", 400);
    journey.calls.fail("EventBridge", "DescribeEventBus", denied);
    const { status, headers, body } = await journey.request("GET", "/health");
    expect([status, headers.get("content-type")]).to.deep.equal([503, "application/json"]);
    expect(body.status).to.equal("degraded");
    expect((body.services as { state: string }[]).map(({ state }) => state)).to.deep.equal([
      "ready",
      "ready",
      "unavailable",
    ]);
    expect(JSON.stringify(body)).not.to.include("secret");
  });
});
