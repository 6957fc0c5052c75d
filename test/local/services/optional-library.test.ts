import { expect } from "chai";
import { checkOptionalLibraries, versionProblem } from "../../../local/services/optional-library";

describe("The libraries of the local runtime", () => {
  it("pass when they are there, in the right version", () => {
    expect(() => checkOptionalLibraries("dynalite", "jsonata")).not.to.throw();
  });

  it("are named with the command that installs them, JSONata in AWS's version", () => {
    expect(() => checkOptionalLibraries("jsonata", "no-such-library", "nor-this-one")).to.throw(
      'needs "no-such-library", "nor-this-one". Install: npm install --save-dev no-such-library nor-this-one',
    );
    expect(versionProblem("jsonata", "2.1.0")).to.equal(
      'The local runtime needs "jsonata" in version 2.0.6, the one of AWS Step Functions, but 2.1.0 is installed. Install it: npm install --save-dev --save-exact jsonata@2.0.6',
    );
    expect(versionProblem("jsonata", "2.0.6")).to.equal(undefined);
    expect(versionProblem("dynalite", "9.9.9")).to.equal(undefined);
  });
});
