import { createConfig, lintFromString } from "@redocly/openapi-core";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { schemaContent } from "../../../components/events/schema-registry";
import { type EventContract, eventContracts } from "../../../contracts";
import { recordDefaults } from "../../support/stream-orchestration";
import { useLocal } from "../../support/use-local";

/** What EventBridge takes. Source: botocore, `schemas/2019-12-02`. */
const limits = { content: 100_000, description: 256 };

const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);

/** A whole event with a detail. */
const eventOf = ({ source, detailType }: EventContract, detail: unknown) => ({
  ...{ version: "0", id: "1", "detail-type": detailType, source, account: "123456789012" },
  ...{ time: "2027-03-20T17:45:12Z", region: "eu-west-1", resources: [], detail },
});

describe("the schema registry", () => {
  const local = useLocal({ config: { schemaRegistry: "true" } });

  it("has the schema of each event, and the local runtime goes on beside it", async () => {
    const recorded = local.runtime.graph.resources.filter(({ type }) => type.startsWith("aws:schemas/"));
    expect(recorded.every(({ isInert }) => isInert)).to.equal(true);
    const [registry, ...schemas] = recorded;
    expect(registry?.type).to.equal("aws:schemas/registry:Registry");
    expect(schemas.map(({ inputs }) => inputs.name)).to.deep.equal(
      eventContracts.map(({ name }) => `com.guidogerb.streams@${name}`),
    );
    for (const { inputs } of schemas) {
      expect(inputs).to.include({ registryName: registry?.outputs.name, type: "OpenApi3" });
      expect(String(inputs.content)).to.have.length.within(1, limits.content);
      expect(String(inputs.description)).to.have.length.within(1, limits.description);
    }
    expect((await local.api("/health")).status).to.equal(200);
  });

  it("is there only where it is asked for", async () => {
    expect((await recordDefaults()).ofType("aws:schemas/")).to.deep.equal([]);
  });

  for (const event of eventContracts) {
    describe(event.name, () => {
      const content = schemaContent(event);

      it("is OpenAPI 3.0", async () => {
        const config = await createConfig({ extends: ["minimal"], rules: { "security-defined": "off" } });
        const source = JSON.stringify(content);
        const problems = await lintFromString({ source, absoluteRef: "schema.json", config });
        expect(problems.filter(({ severity }) => severity === "error")).to.deep.equal([]);
        expect(source).to.not.match(/"(const|if|then|\$schema)":/);
      });

      it("takes the event's example, and no event without its detail", () => {
        const validate = ajv.compile({ ...content, $ref: "#/components/schemas/AWSEvent" });
        expect(validate(eventOf(event, event.example)), JSON.stringify(validate.errors)).to.equal(true);
        expect(validate(eventOf(event, {}))).to.equal(false);
        expect(validate({ ...eventOf(event, event.example), source: "aws.ec2" })).to.equal(false);
      });
    });
  }
});
