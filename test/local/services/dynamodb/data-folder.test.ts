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

  const place = { region: "eu-west-1", accountId: "111122223333" };

  async function failureOf(path: string): Promise<string> {
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

  it("is refused in one sentence where nothing can be made", async function () {
    // Node.js's own way to make several folders never ends there.
    if (process.platform !== "linux") this.skip();
    expect(await failureOf("/proc/tables")).to.equal(
      "The data folder '/proc/tables' cannot be used (ENOENT). Name a folder that can be written to.",
    );
  });

  it("is refused in one sentence while another runtime uses it", async () => {
    const path = join(folder, "in-use");
    const other = await DynamoDb.start({ ...place, path });
    expect(await failureOf(path)).to.equal(
      `The data folder '${path}' is in use by another runtime. Stop that one, or name another folder.`,
    );
    await other.stop();
    await (await DynamoDb.start({ ...place, path })).stop();
  });

  it("says once that it can no longer be written to, and answers nothing more", async () => {
    const path = join(folder, "full");
    const told: string[] = [];
    const databases = recordDatabases();
    const tables = await DynamoDb.start({ ...place, path, onBroken: ({ message }) => told.push(message) });
    databases.restore();
    await tables.createTable({
      TableName: "walls",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    const put = (id: string) => tables.call("PutItem", { TableName: "walls", Item: { id: { S: id } } });
    await put("kept");
    databases.failWrites("IO error: /data/000003.log: No space left on device");
    const failures = await Promise.all(
      ["first", "second"].map((id) =>
        put(id).then(
          () => "answered",
          (error: Error) => error.message,
        ),
      ),
    );
    const sentence = `The data folder '${path}' can no longer be written to (No space left on device). What was answered before is kept: make room, and start again with the same folder.`;
    expect(failures).to.deep.equal([sentence, sentence]);
    expect(told).to.deep.equal([sentence]);
    await tables.stop();

    const again = await DynamoDb.start({ ...place, path });
    const { Items } = await again.call("Scan", { TableName: "walls" });
    await again.stop();
    expect(Items).to.deep.equal([{ id: { S: "kept" } }]);
  });
});

/** Gets at dynalite's database, whose writes then fail as on a full disk. */
function recordDatabases() {
  type Write = (...call: unknown[]) => unknown;
  type Level = { _put: Write; _batch: Write; _del: Write };
  const library = require("dynalite/db") as { create: (options: object) => { db: Level } };
  const { create } = library;
  let database: Level | undefined;
  library.create = (options) => {
    const store = create(options);
    database = store.db;
    return store;
  };
  return {
    restore: () => {
      library.create = create;
    },
    failWrites: (message: string) => {
      const fail = async () => {
        throw Object.assign(new Error(message), { code: "LEVEL_IO_ERROR" });
      };
      Object.assign(database ?? {}, { _put: fail, _batch: fail, _del: fail });
    },
  };
}
