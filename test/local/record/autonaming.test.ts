import { expect } from "chai";
import { autonamerOf } from "../../../local/record/autonaming";

const queue = "aws:sqs/queue:Queue";

function nameOf(settings: unknown, type = queue, name = "letters"): string {
  const config = { "pulumi:autonaming": JSON.stringify(settings), "shop:team": "video" };
  return autonamerOf({ project: "shop", stack: "dev", config })(type, name);
}

describe("the names that Pulumi gives", () => {
  it("are the logical name and seven digits where the stack says nothing", () => {
    const name = autonamerOf({ project: "shop", stack: "dev", config: {} })(queue, "letters");
    expect(name).to.match(/^letters-[0-9a-f]{7}$/);
    expect(nameOf({ mode: "default" })).to.equal(name);
  });

  it("are the logical name alone where the stack says so", () => {
    expect(nameOf({ mode: "verbatim" })).to.equal("letters");
  });

  it("follow a pattern", () => {
    expect(nameOf({ pattern: "${organization}-${project}-${stack}-${config.team}-${name}" })).to.equal(
      "organization-shop-dev-video-letters",
    );
    expect(
      nameOf({ pattern: "${name}-${hex(4)}-${alphanum(40)}-${string(3)}-${num(5)}", enforce: true }),
    ).to.match(/^letters-[0-9a-f]{4}-[0-9a-z]{40}-[a-z]{3}-[0-9]{5}$/);
    expect(nameOf({ pattern: "${uuid}" })).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("are the same each time, and others for other resources", () => {
    const pattern = { pattern: "x-${hex(12)}" };
    expect(nameOf(pattern))
      .to.equal(nameOf(pattern))
      .and.not.equal(nameOf(pattern, queue, "parcels"));
  });

  it("follow the pattern of the type, before the provider's, before the stack's", () => {
    const settings = {
      pattern: "a-${name}",
      providers: {
        aws: { pattern: "b-${name}", resources: { "aws:sns/topic:Topic": { pattern: "c-${name}" } } },
        awsx: { resources: { "awsx:ec2:Vpc": { mode: "verbatim" } } },
      },
    };
    expect(nameOf(settings, "aws:sns/topic:Topic")).to.equal("c-letters");
    expect(nameOf(settings)).to.equal("b-letters");
    expect(nameOf(settings, "awsx:ec2:Vpc")).to.equal("letters");
    expect(nameOf(settings, "awsx:ec2:Other")).to.equal("a-letters");
  });

  const refused: readonly (readonly [unknown, RegExp])[] = [
    [
      { mode: "random" },
      /^pulumi:autonaming\.mode must be default, verbatim or disabled, received "random"\.$/,
    ],
    [{ mode: "verbatim", pattern: "x" }, /must not have both a mode and a pattern/],
    [{ enforce: true }, /must have a pattern beside enforce/],
    [{ pattern: 5 }, /^pulumi:autonaming\.pattern must be a string, received 5\.$/],
    [{ patern: "x" }, /has the member 'patern'/],
    ["x", /^pulumi:autonaming must be a mapping, received "x"\.$/],
    [{ pattern: "${config.nothing}" }, /no value found for key 'nothing'/],
    [
      { providers: { aws: { resources: { [queue]: {} } } } },
      /^pulumi:autonaming\.providers\.aws\.resources\.aws:sqs\/queue:Queue must have a mode or a pattern\.$/,
    ],
  ];
  for (const [settings, message] of refused) {
    it(`are refused where Pulumi refuses the setting: ${JSON.stringify(settings)}`, () => {
      expect(() => nameOf(settings)).to.throw(message);
    });
  }
});
