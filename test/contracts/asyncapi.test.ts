import schema from "@asyncapi/specs/schemas/3.0.0-without-$id.json";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { buildAsyncApiDocument, eventContracts, parseLifecycleEvent } from "../../contracts";
import { compileJsonSchema } from "../support/json-schema";

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const validate = ajv.compile(schema);
const document = buildAsyncApiDocument();

interface Message {
  readonly payload: { readonly [keyword: string]: unknown };
  readonly examples: readonly { readonly payload: unknown }[];
}
const { messages } = document.components as { readonly messages: { readonly [name: string]: Message } };

/** @returns what a reference in the document leads to. */
function resolve(reference: string): unknown {
  return reference
    .slice("#/".length)
    .split("/")
    .reduce<unknown>((value, key) => (value as { readonly [member: string]: unknown })[key], document);
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" ? [String(member)] : referencesIn(member),
  );
}

describe("buildAsyncApiDocument", () => {
  it("is valid AsyncAPI 3.0", () => {
    validate(document);
    expect(validate.errors ?? []).to.deep.equal([]);
  });

  it("is checked by a schema that finds what is wrong", () => {
    const operations = { send: { action: "publish" } };
    expect(validate({ ...document, operations })).to.equal(false);
    expect(validate({ ...document, asyncapi: "2.6.0" })).to.equal(false);
  });

  it("has references that lead somewhere", () => {
    const references = referencesIn(document);
    expect(references).to.have.length.above(8);
    for (const reference of references) expect(resolve(reference), reference).to.be.an("object");
  });

  it("has every event as a message, and sends each", () => {
    const names = eventContracts.map(({ name }) => name);
    expect(Object.keys(messages)).to.deep.equal(names);
    expect(Object.keys(document.operations)).to.deep.equal([
      ...names.map((name) => `send${name}`),
      "receiveStreamLifecycleProgressed",
    ]);
  });

  for (const { name } of eventContracts) {
    it(`has an example of ${name} that fits its payload, and that consumers can read`, () => {
      const { payload, examples } = messages[name] as Message;
      const judge = compileJsonSchema(payload);
      for (const example of examples) {
        expect(judge(example.payload)).to.deep.equal([]);
        expect(parseLifecycleEvent(example.payload).ok).to.equal(true);
      }
      expect(judge({})).to.have.length.above(5);
    });
  }

  it("is a document of its own at each call", () => {
    const pristine = JSON.stringify(buildAsyncApiDocument());
    Object.assign(buildAsyncApiDocument().channels, { more: {} });
    delete (buildAsyncApiDocument() as { info?: object }).info;
    expect(JSON.stringify(buildAsyncApiDocument())).to.equal(pristine);
  });
});
