import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../test/support/root";
import { acts } from "./acts";
import { playAct } from "./play";
import { documentOf, lineOf } from "./report";
import type { PlayedAct } from "./situation";

const document = join(root, "docs", "game-day.md");

describe("the game day", () => {
  const played: PlayedAct[] = [];

  for (const act of acts) {
    it(`ends as it has to: ${act.title}`, async () => {
      const done = await playAct(act);
      played.push(done);
      expect(done.played).not.to.have.lengthOf(0);
      expect(done.played.filter(({ wrong }) => wrong.length > 0).map(lineOf)).to.deep.equal([]);
    });
  }

  it("is as docs/game-day.md tells it; 'npm run gameday -- --write docs/game-day.md' writes it anew", () => {
    expect(played).to.have.lengthOf(acts.length);
    expect(documentOf(played)).to.equal(readFileSync(document, "utf8"));
  });
});
