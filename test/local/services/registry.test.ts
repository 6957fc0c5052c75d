import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { sdkMemberName as componentsName } from "../../../components/workflow/shared/sdk-member-name";
import { knownTypes } from "../../../local/record/aws-outputs";
import { apis, type MediaLive, type ServiceName, type Services, services } from "../../../local/services";
import { sdkMemberName } from "../../../local/services/cloudfront/sdk-members";
import { checkResource, knownIntegrations } from "../../../local/wiring/integrations";
import { root } from "../../support/root";

/** What only whoever looks in from outside may call, since no policy of a program is about it. */
const fromOutside: { readonly [service: string]: readonly string[] } = {
  StepFunctions: ["CreateStateMachine", "DeleteStateMachine"],
};

/** The table of services and actions in the documentation; a name stands there as AWS writes it. */
function documented(): { readonly [service: string]: readonly string[] } {
  const text = readFileSync(join(root, "docs/local-runtime.md"), "utf8");
  const [, section = ""] = text.split("## What the AWS port serves");
  const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| ([A-Z][\w ]+) \| (.+) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, name = "", actions = ""]) => [name.replace(" ", ""), actions.split(", ").sort()]),
  );
}

describe("the registry of services", () => {
  it("has the services and actions that the documentation lists", () => {
    const registered = Object.entries(apis).map(([name, { actions }]) => [
      name,
      [...Object.keys(actions), ...(fromOutside[name] ?? [])].sort(),
    ]);
    expect(documented()).to.deep.equal(Object.fromEntries(registered));
  });

  it("types each service by its definition", () => {
    const channelsOf = (running: Services): MediaLive => running.MediaLive;
    const called: ServiceName = "MediaLive";
    // @ts-expect-error It is no service.
    const unknown: ServiceName = "Mainframe";
    expect(channelsOf).to.be.a("function");
    expect(Object.keys(apis)).to.include(called).and.not.include(unknown);
  });

  it("gives each resource type to one service, and records all of them", () => {
    const types = services.flatMap(({ outputs }) => Object.keys(outputs));
    expect(types).to.deep.equal([...new Set(types)]);
    expect(knownTypes).to.include.members(types);
  });

  it("gives each integration to one service, and serves all that the check of definitions knows", () => {
    expect(knownIntegrations).to.deep.equal([...new Set(knownIntegrations)]);
    for (const name of knownIntegrations) {
      expect(checkResource(`arn:aws:states:::${name}`), name).to.equal(undefined);
    }
  });

  it("spells the members of an SDK integration as the workflow's component does", () => {
    for (const member of ["HTTPPort", "HTTPSPort", "IAMCertificateId", "WebACLId", "MinTTL", "ETag", "TTL"]) {
      expect(sdkMemberName(member), member).to.equal(componentsName(member));
    }
  });
});
