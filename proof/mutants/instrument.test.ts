import { expect } from "chai";
import { transformSync } from "esbuild";
import { withoutCondition } from "./clauses";
import { instrument } from "./instrument";
import { installSwitchboard } from "./switchboard";

const source = `
export function guard(value: number): string {
  if (value < 0) return "negative";
  return "fine";
}
export function collect(value: number): string[] {
  const found: string[] = [];
  if (value > 1) found.push("more");
  return found;
}
export const both = (a: boolean, b: boolean): boolean => a && b;
export const member = (a?: string): object => ({ ...(a && { a }) });
export function repair(run: () => number): number {
  try {
    return run();
  } catch {
    return -1;
  }
}
export const rejected = (promise: Promise<number>): Promise<number> => promise.catch(() => -1);
export const write = (text: string): object => ({
  KeyConditionExpression: "a = :a AND b = :b",
  ConditionExpression: text,
});
export const own = (): object => ({ ConditionExpression: "a = :a AND b = :b" });
`;

interface Sample {
  guard(value: number): string;
  collect(value: number): string[];
  both(a: boolean, b: boolean): boolean;
  member(a?: string): object;
  repair(run: () => number): number;
  rejected(promise: Promise<number>): Promise<number>;
  write(text: string): { ConditionExpression: string };
  own(): { ConditionExpression: string };
}

describe("an instrumented source", () => {
  const { text, ids } = instrument("sample.ts", source);
  const board = installSwitchboard(withoutCondition);
  const module = { exports: {} };
  new Function("module", "exports", transformSync(text, { loader: "ts", format: "cjs" }).code)(
    module,
    module.exports,
  );
  const sample = module.exports as Sample;
  const fail = (): never => {
    throw new Error("It failed.");
  };

  afterEach(() => {
    board.active = undefined;
    board.mattered.clear();
  });

  it("has a mutant for each guard, operand, catch and condition, and none for an optional member or a key", () => {
    expect(ids).to.deep.equal([
      "sample.ts guard: if (value < 0)",
      "sample.ts collect: if (value > 1)",
      "sample.ts collect: if (value > 1), done in any case",
      "sample.ts both: operand a",
      "sample.ts both: operand b",
      "sample.ts repair: catch",
      "sample.ts rejected: catch",
      "sample.ts write: condition text",
      "sample.ts own: condition a = :a",
      "sample.ts own: condition b = :b",
    ]);
  });

  it("does what it did, and tells which mechanisms mattered", async () => {
    expect(sample.guard(1)).to.equal("fine");
    expect([...board.mattered]).to.deep.equal([]);
    expect(sample.guard(-1)).to.equal("negative");
    expect(sample.collect(2)).to.deep.equal(["more"]);
    expect(sample.both(true, false)).to.equal(false);
    expect(sample.member("x")).to.deep.equal({ a: "x" });
    expect(sample.repair(fail)).to.equal(-1);
    expect(await sample.rejected(Promise.reject(new Error("late")))).to.equal(-1);
    expect(sample.own().ConditionExpression).to.equal("a = :a AND b = :b");
    expect([...board.mattered]).to.deep.equal([
      "sample.ts guard: if (value < 0)",
      "sample.ts collect: if (value > 1)",
      "sample.ts both: operand b",
      "sample.ts repair: catch",
      "sample.ts rejected: catch",
      "sample.ts own: condition a = :a",
      "sample.ts own: condition b = :b",
    ]);
  });

  it("does without the mechanism that is out of force", async () => {
    const without = <T>(what: string, run: () => T): T => {
      board.active = `sample.ts ${what}`;
      return run();
    };
    expect(without("guard: if (value < 0)", () => sample.guard(-1))).to.equal("fine");
    expect(without("collect: if (value > 1)", () => sample.collect(2))).to.deep.equal([]);
    expect(without("collect: if (value > 1), done in any case", () => sample.collect(0))).to.deep.equal([
      "more",
    ]);
    expect(without("both: operand b", () => sample.both(true, false))).to.equal(true);
    expect(() => without("repair: catch", () => sample.repair(fail))).to.throw("It failed.");
    const late = without("rejected: catch", () => sample.rejected(Promise.reject(new Error("late"))));
    expect(await late.catch((error: Error) => error.message)).to.equal("late");
    expect(without("write: condition text", () => sample.write("a = :a")).ConditionExpression).to.equal(
      "a = :a OR attribute_exists(streamId) OR attribute_not_exists(streamId)",
    );
    expect(without("own: condition b = :b", () => sample.own()).ConditionExpression).to.match(
      /^a = :a AND \(b = :b OR /,
    );
  });
});
