import { expect } from "chai";
import { invokeResource, methodsOf, routeKeysOf, routeName } from "../../../components/api/route-keys";
import { routes } from "../../../contracts";

const table = {
  CreateStream: { method: "POST", path: "/streams", isOpen: false },
  GetStream: { method: "GET", path: "/streams/{streamId}", isOpen: false },
  GetAttempts: { method: "GET", path: "/streams/{streamId}/attempts", isOpen: false },
  DeleteStream: { method: "DELETE", path: "/streams/{streamId}", isOpen: false },
} as const;

describe("The keys of the API's routes", () => {
  it("are an operation's own, and ANY for the last operation of a path", () => {
    const keys = Object.keys(table).map((operation) => routeKeysOf(table, operation, false));
    expect(keys).to.deep.equal([
      ["POST /streams", "ANY /streams"],
      ["GET /streams/{streamId}"],
      ["GET /streams/{streamId}/attempts", "ANY /streams/{streamId}/attempts"],
      ["DELETE /streams/{streamId}", "ANY /streams/{streamId}"],
    ]);
  });

  it("leave OPTIONS to API Gateway where browsers may call", () => {
    expect(routeKeysOf(table, "DeleteStream", true)).to.deep.equal([
      "DELETE /streams/{streamId}",
      "HEAD /streams/{streamId}",
      "PATCH /streams/{streamId}",
      "POST /streams/{streamId}",
      "PUT /streams/{streamId}",
    ]);
  });

  it("name their resources without slashes and braces, and each differently", () => {
    expect(routeName("POST /streams")).to.equal("POST-streams");
    expect(routeName("GET /streams/{streamId}/attempts")).to.equal("GET-streams-streamId-attempts");
    const names = Object.keys(routes).flatMap((operation) =>
      routeKeysOf(routes, operation, true).map(routeName),
    );
    expect(names).to.deep.equal([...new Set(names)]);
  });
});

describe("The resource of execute-api:Invoke", () => {
  it("has any value for a parameter, since its path is the request's", () => {
    expect(invokeResource(table.CreateStream)).to.equal("POST/streams");
    expect(invokeResource(table.GetAttempts)).to.equal("GET/streams/*/attempts");
  });
});

describe("The methods of the API", () => {
  it("are each listed once, for browsers", () => {
    expect(methodsOf(table)).to.deep.equal(["POST", "GET", "DELETE"]);
  });
});
