import { expect } from "chai";
import { useLocal } from "../support/use-local";

describe("a page of another origin", () => {
  const origin = "https://portal.example.com";
  const local = useLocal({ config: { corsAllowOrigins: origin, corsAllowHeaders: "X-Team, Authorization" } });

  const preflight = async (...headers: string[]) => {
    const response = await fetch(`${local.apiUrl}/streams`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers.join(","),
      },
    });
    return {
      status: response.status,
      allowed: response.headers.get("access-control-allow-headers")?.split(","),
    };
  };

  const senders: { readonly [what: string]: readonly string[] } = {
    "a token": ["authorization", "content-type"],
    "AWS's signer": [
      "authorization",
      "content-type",
      "x-amz-content-sha256",
      "x-amz-date",
      "x-amz-security-token",
    ],
    "an AWS SDK": ["amz-sdk-invocation-id", "amz-sdk-request", "x-amz-user-agent"],
    OpenTelemetry: ["baggage", "traceparent", "tracestate"],
    "X-Ray": ["x-amzn-trace-id"],
    "the team's own code": ["x-team"],
  };
  for (const [what, headers] of Object.entries(senders)) {
    it(`may send what ${what} sends`, async () => {
      const { status, allowed } = await preflight(...headers);
      expect(status).to.equal(204);
      expect(allowed).to.include.members([...headers]);
    });
  }

  it("is told each header once, and may send no others", async () => {
    const { allowed = [] } = await preflight("x-other");
    expect(new Set(allowed).size).to.equal(allowed.length);
    expect(allowed).to.not.include("x-other");
  });
});
