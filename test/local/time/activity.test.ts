import { expect } from "chai";
import { Activity } from "../../../local/time/activity";

describe("what is under way", () => {
  it("is watched for each of those who asked, also where one of them is done", () => {
    const activity = new Activity();
    const source = () => "a file";
    const first = activity.watch(source);
    const second = activity.watch(source);
    first();
    expect(activity.list()).to.deep.equal(["a file"]);
    second();
    expect(activity.list()).to.deep.equal([]);
  });
});
