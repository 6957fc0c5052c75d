import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { arn } from "../support/arns";
import { record } from "../support/record";
import { root } from "../support/root";
import { leastArgs } from "../support/stream-orchestration";
import { programs } from "../upgrades/programs";

/** @returns whether `@pulumi/aws` takes tags for a type, by the declaration of its arguments. */
function takesTags(type: string): boolean {
  const [, module = "", name = ""] = /^aws:([^/]+)\/[^:]+:(\w+)$/.exec(type) ?? [];
  const file = type.replace(/^aws:([^/]+)\/([^:]+):.*$/, "$1/$2.d.ts");
  const text = readFileSync(join(root, "node_modules/@pulumi/aws", file), "utf8");
  const [, args = ""] = text.split(`export interface ${name}Args `);
  if (!module || !args) throw new Error(`The arguments of ${type} are not in ${file}.`);
  return /^ {4}tags\?:/m.test(args);
}

describe("The tags of a StreamOrchestration", () => {
  const tags = { team: "live", "cost-center": "42" };

  it("stand on every resource that takes tags", async () => {
    const certificateArn = arn("acm", "certificate/1");
    const api = { domain: { name: "streams.example.com", certificateArn } };
    const args = { ...programs.options, ...leastArgs, api, tags };
    const { registrations } = await record(() => new StreamOrchestration("streams", args));
    const taggable = registrations.filter(
      ({ type, custom }) => custom && type.startsWith("aws:") && takesTags(type),
    );
    expect(taggable).to.have.length.above(60);
    const untagged = taggable.filter(({ inputs }) =>
      Object.entries(tags).some(([key, value]) => inputs.tags?.[key] !== value),
    );
    expect(untagged.map(({ type, name }) => `${type} ${name}`)).to.deep.equal([]);
  });
});
