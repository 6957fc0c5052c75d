import { expect } from "chai";
import { weakenCondition, weakenGuards, weakenJsonata } from "./clauses";

const always = "attribute_exists(streamId) OR attribute_not_exists(streamId)";
const never = "attribute_exists(streamId) AND attribute_not_exists(streamId)";

describe("a DynamoDB condition", () => {
  it("loses each clause that AND joins", () => {
    expect(weakenCondition("a = :a AND NOT #s IN (:b, :c)")).to.deep.equal([
      { part: "a = :a", text: `(a = :a OR ${always}) AND NOT #s IN (:b, :c)`, becomes: "looser" },
      { part: "NOT #s IN (:b, :c)", text: `a = :a AND (NOT #s IN (:b, :c) OR ${always})`, becomes: "looser" },
    ]);
  });

  it("loses each choice that OR joins, within brackets around it all as well", () => {
    expect(weakenCondition("(a = :a OR size(b) > :c)").map(({ text }) => text)).to.deep.equal([
      `((a = :a AND ${never}) OR size(b) > :c)`,
      `(a = :a OR (size(b) > :c AND ${never}))`,
    ]);
  });

  it("does not take brackets for its own that are not around all of it", () => {
    expect(weakenCondition("(a = :a) AND (b = :b)").map(({ part }) => part)).to.deep.equal([
      "(a = :a)",
      "(b = :b)",
    ]);
  });

  it("always holds without its only clause", () => {
    expect(weakenCondition("leasedBy = :me").map(({ text }) => text)).to.deep.equal([
      `leasedBy = :me OR ${always}`,
    ]);
  });
});

describe("a JSONata expression", () => {
  const texts = (source: string) => weakenJsonata(source).map(({ text }) => text.trim().replace(/\s+/g, " "));

  it("loses each operand of 'and' and 'or'", () => {
    expect(texts("$a = 1 and $b")).to.deep.equal(["$b", "$a = 1"]);
    expect(texts("$a or $b and $c")).to.deep.equal(["$b and $c", "$a", "$a or $c", "$a or $b"]);
  });

  it("loses them within brackets, functions, filters and choices", () => {
    expect(texts("$count($x[Id = 1 and Kind = 2])")).to.deep.equal([
      "$count($x[ Kind = 2])",
      "$count($x[Id = 1 ])",
    ]);
    expect(texts("( $f := function($i) { $i.a and $not($i.b) }; $f($x) ? 1 : 2 )")).to.have.lengthOf(2);
    expect(texts("$a ? $b and $c : $d or $e")).to.have.members([
      "$a ? $c : $d or $e",
      "$a ? $b : $d or $e",
      "$a ? $b and $c : $e",
      "$a ? $b and $c : $d",
    ]);
  });

  it("has no operands in a text, a regular expression or the name of a member", () => {
    expect(texts('"this and that" & $contains($x, /a and b/)')).to.deep.equal([]);
    expect(texts('{ "and": 1 }.and')).to.deep.equal([]);
    expect(texts("$brand = $order")).to.deep.equal([]);
  });

  it("loses each guard: the condition without which, or on which, it is an error", () => {
    const guards = (source: string) => weakenGuards(source).map(({ part, text }) => [part, text]);
    expect(guards('$a = 1 ? $b : $error("No.")')).to.deep.equal([["$a = 1", 'true ? $b : $error("No.")']]);
    expect(guards('$a ? $error("No.") : $b')).to.deep.equal([["$a", 'false ? $error("No.") : $b']]);
    expect(guards('$f(1, $a ? { "x": $b ? 1 : 2 } : $error("No."))')).to.deep.equal([
      ["$a", '$f(1, true ? { "x": $b ? 1 : 2 } : $error("No."))'],
    ]);
    expect(guards('$a ? $b : $c ? ($d ? $error("No.") : 1) : $error("No.")')).to.deep.equal([
      ["$d", '$a ? $b : $c ? (false ? $error("No.") : 1) : $error("No.")'],
      ["$c", '$a ? $b : true ? ($d ? $error("No.") : 1) : $error("No.")'],
    ]);
    expect(guards('{ "x": $error("No.") }')).to.deep.equal([]);
  });
});
