import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect } from "chai";
import {
  buildOpenApiDocument,
  eventContracts,
  type RestOperation,
  restOperations,
  streamIdSchema,
  streamLifecycleOrchestrator,
  toJsonSchema,
  updateStreamStatus,
} from "../../contracts";
import { buildPaths } from "../../contracts/openapi";
import seed from "./fixtures/seed.json";

const operations: readonly RestOperation[] = restOperations;
const document = buildOpenApiDocument();

async function lint(text: string) {
  const config = await createConfig({
    extends: ["recommended"],
    rules: {
      // Health is judged by 200 and 503 alone: nobody can call it wrongly.
      "operation-4xx-response": "off",
    },
  });
  return lintFromString({ source: text, absoluteRef: "openapi.json", config });
}

describe("buildOpenApiDocument", () => {
  it("is valid OpenAPI 3.1, without a warning", async () => {
    const problems = await lint(JSON.stringify(document));
    expect(
      problems.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`),
    ).to.deep.equal([]);
  });

  it("is checked by a lint that finds what is wrong", async () => {
    const wrong = { ...buildOpenApiDocument(), paths: { "/streams": { post: { responses: 1 } } } };
    const problems = await lint(JSON.stringify(wrong));
    expect(problems.map(({ ruleId }) => ruleId)).to.include("struct");
  });

  it("is OpenAPI 3.1.0 with the API's title", () => {
    expect(document.openapi).to.equal("3.1.0");
    expect(document.info.title).to.equal("GuidoGerb Stream Orchestration API");
  });

  it("has each operation under its path and lower-case method, and no other", () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
    );
    expect(listed).to.deep.equal(
      operations.map(({ name, method, path }) => ({
        path,
        method: method.toLowerCase(),
        operationId: name,
      })),
    );
  });

  it("asks for credentials wherever the route is not open", () => {
    const open = operations.filter(({ isOpen }) => isOpen).map(({ path }) => path);
    expect(open).to.deep.equal(["/health"]);
    for (const { path, method, isOpen } of operations) {
      const described = document.paths[path]?.[method.toLowerCase()];
      expect(described?.security, path).to.have.lengthOf(isOpen ? 0 : 2);
    }
  });

  it("describes the parameters of a path", async () => {
    const paths = buildPaths([
      {
        name: "GetStream",
        method: "GET",
        path: "/streams/{streamId}",
        isOpen: false,
        description: "Reads a stream.",
        parameterSchemas: { streamId: toJsonSchema(streamIdSchema) },
        responses: updateStreamStatus.responses,
      },
    ]);
    expect(paths["/streams/{streamId}"]?.get?.parameters).to.deep.equal([
      {
        name: "streamId",
        in: "path",
        required: true,
        schema: { type: "string", pattern: "^[a-zA-Z0-9-]{3,64}$" },
      },
    ]);
    expect(await lint(JSON.stringify({ ...document, paths }))).to.deep.equal([]);
  });

  for (const operation of operations) {
    describe(operation.name, () => {
      const described = document.paths[operation.path]?.[operation.method.toLowerCase()];

      it("has every response with its description and JSON schema", () => {
        const expected = Object.fromEntries(
          Object.entries(operation.responses).map(([statusCode, { description, schema }]) => [
            statusCode,
            { description, content: { "application/json": { schema } } },
          ]),
        );
        expect(described?.responses).to.deep.equal(expected);
      });

      it("keys its responses by their status code", () => {
        for (const [key, { statusCode }] of Object.entries(operation.responses)) {
          expect(Number(key)).to.equal(statusCode);
        }
      });

      it(`has ${operation.requestSchema ? "a" : "no"} request body`, () => {
        expect(described?.requestBody).to.deep.equal(
          operation.requestSchema && {
            required: true,
            content: { "application/json": { schema: operation.requestSchema } },
          },
        );
      });
    });
  }

  it("answers as the contract says", () => {
    const codes = operations.map(({ name, responses }) => [name, Object.keys(responses).map(Number)]);
    expect(Object.fromEntries(codes)).to.deep.include({
      GetHealthStatus: [200, 503],
      CreateStreamWorkflow: [202, 400, 409, 413],
      UpdateStreamStatus: [200, 400, 404, 413],
    });
  });

  it("has a body for POST and PUT alone", () => {
    expect(operations.filter(({ requestSchema }) => requestSchema).map(({ method }) => method)).to.deep.equal(
      ["POST", "PUT"],
    );
  });

  it("describes the events in an extension", () => {
    expect(document["x-guidogerb-events"]).to.deep.equal(eventContracts);
    for (const event of document["x-guidogerb-events"] as object[]) {
      expect(event).to.have.all.keys(
        "name",
        "source",
        "detailType",
        "description",
        "detailSchema",
        "example",
      );
    }
  });

  it("describes the state machine in an extension, with `emits` where the values say `emitsEvents`", () => {
    const [machine, ...others] = document["x-guidogerb-stateMachines"] as Record<string, unknown>[];
    expect(others).to.deep.equal([]);
    expect(machine).to.deep.include({
      name: "StreamLifecycleOrchestrator",
      description: streamLifecycleOrchestrator.description,
      inputSchema: operations[1]?.requestSchema,
      emits: ["StreamProvisionRequested", "StreamLifecycleProgressed"],
    });
    const states = machine?.states as { name: string; timeoutSeconds?: number }[];
    expect(states.map(({ name }) => name)).to.deep.equal(seed.states.map(({ name }) => name));
    expect(states.map(withoutOurOwn)).to.deep.equal(
      seed.states.map((state) => ({
        ...state,
        ...(state.name === "AwaitLifecycleConfirmation" && { timeoutSeconds: 900 }),
        ...(state.name === "HandleProvisionFailure" && {
          transitions: { ...state.transitions, failure: "WorkflowFailed" },
        }),
      })),
    );
    expect(JSON.stringify(machine)).to.not.contain("emitsEvents");
  });

  it("is a document of its own at each call", () => {
    const pristine = JSON.stringify(buildOpenApiDocument());
    destroy(buildOpenApiDocument());
    expect(JSON.stringify(buildOpenApiDocument())).to.equal(pristine);
  });
});

/** `realizedBy` says how AWS does it; the specification does not know it. */
function withoutOurOwn<T extends object>({ realizedBy: _, ...state }: T & { realizedBy?: string }) {
  return state;
}

/** Empties a document, at every level. */
function destroy(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    destroy(member);
    delete (value as Record<string, unknown>)[key];
  }
}
