import { expect } from "chai";
import { findPath } from "../../../../handlers/shared/http/find-path";

describe("the template of a path", () => {
  const templates = ["/streams/{streamId}", "/streams", "/streams/{streamId}/attempts"];

  for (const [path, template] of [
    ["/streams", "/streams"],
    ["/streams/spring", "/streams/{streamId}"],
    ["/streams/spring/attempts", "/streams/{streamId}/attempts"],
    ["/streams/spring/attempts/1", undefined],
    ["/stream", undefined],
    ["/streams/", undefined],
  ] as const) {
    it(`of ${path} is ${template ?? "none"}`, () => {
      expect(findPath(templates, path, {})?.template).to.equal(template);
    });
  }
});
