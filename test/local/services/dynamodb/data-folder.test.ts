import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DynamoDb } from "../../../../local/services";

describe("the folder of the tables", () => {
  const folder = mkdtempSync(join(tmpdir(), "data-folder-"));
  const file = join(folder, "file");

  before(() => writeFileSync(file, ""));
  after(() => rmSync(folder, { recursive: true }));

  async function failureOf(path: string): Promise<string> {
    const place = { region: "eu-west-1", accountId: "111122223333" };
    return DynamoDb.start({ ...place, path }).then(
      () => "none",
      (error: Error) => error.message,
    );
  }

  it("is refused in one sentence where the path is a file's, or leads through one", async () => {
    const rest = "cannot be used";
    expect(await failureOf(file)).to.match(
      new RegExp(`^The data folder '${file}' ${rest} \\(EEXIST\\)\\. Name a folder`),
    );
    expect(await failureOf(join(file, "tables"))).to.match(
      new RegExp(`${rest} \\(ENOTDIR\\)\\. Name a folder`),
    );
  });
});
