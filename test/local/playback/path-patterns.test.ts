import { expect } from "chai";
import { matchesPathPattern, normalizePath } from "../../../local/playback/path-patterns";

describe("the path patterns of behaviours", () => {
  const matches: readonly (readonly [pattern: string, path: string, expected: boolean])[] = [
    ["/a/*", "/a/index.m3u8", true],
    ["/a/*", "/a/", true],
    ["/a/*", "/a", false],
    ["/a/*", "/a/b/c.ts", true],
    ["/a/*", "/ab/index.m3u8", false],
    ["a/*", "/a/index.m3u8", true],
    ["/a/*", "/A/index.m3u8", false],
    ["*.jpg", "/deep/down/x.jpg", true],
    ["/*.jpg", "/x.jpg", true],
    ["*.jpg", "/x.jpeg", false],
    ["/a??.ts", "/abc.ts", true],
    ["/a??.ts", "/ab.ts", false],
    ["/a.b/*", "/axb/c", false],
    ["/a(b)+[c]{d}^$|/*", "/a(b)+[c]{d}^$|/x", true],
    ["/spring-launch/*", "/spring-launch-2/index.m3u8", false],
    ["*", "/", true],
  ];
  for (const [pattern, path, expected] of matches) {
    it(`${pattern} ${expected ? "matches" : "does not match"} ${path}`, () => {
      expect(matchesPathPattern(pattern, path)).to.equal(expected);
    });
  }

  const normalized: readonly (readonly [path: string, expected: string])[] = [
    ["/a/b/../index.m3u8", "/a/index.m3u8"],
    ["/a/b/..", "/a/"],
    ["/a/./b", "/a/b"],
    ["/a/../../b", "/b"],
    ["//a///b", "/a/b"],
    ["/a/", "/a/"],
    ["/%61/%2e%2E/b", "/b"],
    ["/a%2fb", "/a%2Fb"],
    ["/a%20b", "/a%20b"],
    ["/", "/"],
  ];
  for (const [path, expected] of normalized) {
    it(`${path} is matched as ${expected}`, () => {
      expect(normalizePath(path)).to.equal(expected);
    });
  }
});
