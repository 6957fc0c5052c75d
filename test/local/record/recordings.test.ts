import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { recordFor } from "../../../local/record/recordings";
import { expectRejection } from "../support/expect-rejection";

describe("a recording of a program's file", () => {
  let folder = "";
  let file = "";
  // Within the repository, so that the program finds Pulumi.
  beforeEach(() => {
    folder = mkdtempSync(join(__dirname, "recorded-"));
    file = join(folder, "program.cjs");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => writeFileSync(file, `const aws = require("@pulumi/aws");\n${text}`);
  const record = (port = 1, config = {}, isFresh = false) => {
    const place = {
      accountId: "000000000000",
      region: "us-east-1",
      apiUrl: `http://127.0.0.1:${port}`,
      awsUrl: `http://127.0.0.1:${port + 1}`,
    };
    return recordFor(place, file, "dev", config, isFresh);
  };

  it("serves every runtime, each with its own addresses", async () => {
    write('exports.url = new aws.sqs.Queue("letters").url;');
    const [one, two] = await Promise.all([record(1000), record(2000)]);
    expect(one.outputs.url).to.match(/^http:\/\/127\.0\.0\.1:1001\//);
    expect(two.outputs.url).to.match(/^http:\/\/127\.0\.0\.1:2001\//);
  });

  it("is made again for another configuration, and where that is asked for", async () => {
    write("exports.version = 1;");
    expect((await record()).outputs).to.deep.equal({ version: 1 });
    write("exports.version = 2;");
    expect((await record()).outputs).to.deep.equal({ version: 1 });
    expect((await record(1, { size: "7" })).outputs).to.deep.equal({ version: 2 });
    expect((await record(1, {}, true)).outputs).to.deep.equal({ version: 2 });
  });

  it("is made again after it failed", async () => {
    write('throw new Error("not yet");');
    expect((await expectRejection(record())).message).to.equal("not yet");
    write("exports.version = 1;");
    expect((await record()).outputs).to.deep.equal({ version: 1 });
  });
});
