import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { JsonObject } from "../../local/json";
import type { Graph } from "../../local/record/graph";
import { insertGenerated } from "../../scripts/generate-docs";
import { checkRules, type RuleResult } from "./check";
import { exceptions } from "./exceptions";
import { recordPrograms } from "./programs";
import { report } from "./report";
import { rules } from "./rules";
import { customerKeyArn } from "./rules/customer-key";
import { nothingToCheck, types } from "./types";

const document = join(__dirname, "../../docs/security.md");

describe("the policy check", () => {
  let graphs: ReadonlyMap<string, Graph>;
  let results: readonly RuleResult[];
  before(async () => {
    graphs = await recordPrograms();
    results = checkRules(graphs.values());
  });

  for (const rule of rules) {
    it(`${rule.id}: ${rule.says}`, () => {
      const result = results.find((one) => one.rule === rule);
      expect(result?.checked.size, "the resources that it was checked on").to.be.above(0);
      expect(openProblems([result])).to.deep.equal([]);
    });
  }

  it("has a rule for each type of resource, or a reason why there is none", () => {
    const found = new Set([...graphs.values()].flatMap(({ resources }) => resources.map(({ type }) => type)));
    const covered = new Set([...rules.flatMap(({ appliesTo }) => appliesTo), ...Object.keys(nothingToCheck)]);
    expect([...found].filter((type) => !covered.has(type))).to.deep.equal([]);
    expect(Object.keys(nothingToCheck).filter((type) => !found.has(type))).to.deep.equal([]);
  });

  it("makes no exception that is not needed", () => {
    const used = new Set(results.flatMap(({ findings }) => findings.map(({ exception }) => exception)));
    const unused = exceptions.filter((one) => !used.has(one));
    expect(unused.map(({ rule, reason }) => `${rule}: ${reason}`)).to.deep.equal([]);
  });

  it('is what docs/security.md says (UPDATE=1 npx mocha -g "the policy check" writes it)', () => {
    const text = readFileSync(document, "utf8");
    const expected = insertGenerated(text, "policy check", `\n${report(results)}\n`);
    if (process.env.UPDATE) writeFileSync(document, expected);
    else expect(text).to.equal(expected);
  });

  /** What a mistake in a component would come to, and the rules that see it. */
  const mistakes: readonly (readonly [
    what: string,
    type: string,
    name: string,
    JsonObject,
    seenBy: string[],
  ])[] = [
    [
      "a table without recovery",
      types.table,
      "streams-leases",
      { pointInTimeRecovery: { enabled: false } },
      ["table-recovery"],
    ],
    [
      "an open route",
      types.route,
      "streams-api-PUT-streams",
      { authorizationType: "NONE" },
      ["api-authorized"],
    ],
    ["a log for ever", types.logGroup, "streams-api-access", { retentionInDays: 0 }, ["log-retention"]],
    [
      "a rule that drops events",
      types.eventTarget,
      "streams-recovery",
      { deadLetterConfig: {} },
      ["undelivered-events-kept"],
    ],
    [
      "a workflow that logs its data",
      types.stateMachine,
      "streams-StreamTeardown",
      { loggingConfiguration: { level: "ERROR", includeExecutionData: true } },
      ["workflow-logged", "workflow-data-not-logged"],
    ],
    [
      "a role for everything",
      types.rolePolicy,
      "streams-get-health-status",
      { policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' },
      ["no-wildcard-actions", "no-wildcard-resources"],
    ],
    [
      "an open queue",
      types.queuePolicy,
      "streams-events-dead-letters",
      { policy: '{"Statement":[]}' },
      ["queue-tls"],
    ],
    [
      "an alarm that tells nobody",
      types.alarm,
      "streams-alarms-dead-letters",
      { alarmActions: [] },
      ["alarms-act"],
    ],
    [
      "an old runtime",
      types.function,
      "streams-sweep-streams",
      { runtime: "nodejs18.x" },
      ["newest-runtime"],
    ],
  ];
  for (const [what, type, name, inputs, seenBy] of mistakes) {
    it(`sees ${what}`, () => {
      const [graph] = graphs.values();
      if (!graph) throw new Error("Nothing was recorded.");
      const changed = graph.resources.map((one) =>
        one.type === type && one.name === name ? { ...one, inputs: { ...one.inputs, ...inputs } } : one,
      );
      const before = openProblems(checkRules([graph]));
      const after = checkRules([{ ...graph, resources: changed }]);
      expect(before).to.deep.equal([]);
      expect(
        after.filter((result) => openProblems([result]).length > 0).map(({ rule }) => rule.id),
      ).to.deep.equal(seenBy);
    });
  }
});

describe("the rule that a role's policies come first", () => {
  const rule = rules.find(({ id }) => id === "role-ready");

  it("is about every type that is given a role", async () => {
    for (const { resources } of (await recordPrograms()).values()) {
      const roleArns = resources
        .filter(({ type }) => type === types.role)
        .map(({ outputs }) => JSON.stringify(outputs.arn));
      const users = resources.filter(({ inputs }) => {
        const text = JSON.stringify(inputs);
        return roleArns.some((arn) => text.includes(arn));
      });
      expect(users).to.not.deep.equal([]);
      expect(rule?.appliesTo).to.include.members(users.map(({ type }) => type));
    }
  });

  it("sees each that no longer waits", async () => {
    const [graph] = (await recordPrograms()).values();
    if (!graph || !rule) throw new Error("Nothing was recorded.");
    const users = graph.resources.filter(({ type }) => rule.appliesTo.includes(type));
    const seen = users.filter((user) => {
      const { options, ...alone } = user;
      return rule.check(alone, graph).length > 0;
    });
    // The targets that are functions have no role.
    const withoutRole = users.filter(({ type, inputs }) => type === types.eventTarget && !inputs.roleArn);
    expect(seen.map(({ name }) => name)).to.deep.equal(
      users.filter((user) => !withoutRole.includes(user)).map(({ name }) => name),
    );
  });
});

describe("the rules of the policy check", () => {
  it("each have a name of their own", () => {
    expect(new Set(rules.map(({ id }) => id)).size).to.equal(rules.length);
  });

  for (const { id, wrong, check, appliesTo } of rules) {
    it(`find what is wrong: ${id}`, () => {
      const [fault, ...others] = wrong;
      if (!fault) throw new Error("The rule shows nothing wrong.");
      expect(appliesTo).to.include(fault.type);
      const problems = check(fault, {
        resources: [fault, ...others],
        outputs: { encryptionKeyArn: customerKeyArn },
      });
      expect(problems).to.not.deep.equal([]);
    });
  }
});

function openProblems(results: readonly (RuleResult | undefined)[]): string[] {
  const open = results.flatMap((result) => result?.findings ?? []).filter(({ exception }) => !exception);
  return open.map(({ resource: { name }, problem }) => `${name}: ${problem}`);
}
