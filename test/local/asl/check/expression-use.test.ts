import { expect } from "chai";
import jsonata from "jsonata";
import { knownFunctions } from "../../../../local/asl/check/expression-use";
import { evaluate } from "../harness";

describe("The functions that checkDefinition knows", () => {
  it("all exist in the interpreter", async () => {
    for (const name of knownFunctions) expect(await evaluate(`{% $exists($${name}) %}`), name).to.equal(true);
  });

  it("are all of JSONata's but $eval, and those that Step Functions adds", async () => {
    const added: string[] = [];
    for (const name of knownFunctions) {
      if ((await jsonata(`$exists($${name})`).evaluate(undefined)) !== true) added.push(name);
    }
    expect(added).to.have.members(["partition", "range", "hash", "uuid", "parse"]);
    expect(knownFunctions).not.to.include("eval");
  });
});
