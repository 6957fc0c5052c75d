import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { localUser } from "../local/auth";
import { type Runtime, startRuntime } from "../local/runtime";
import { generatedFiles } from "../scripts/generate-docs";
import { root } from "./support/root";
import { signed } from "./support/sign";

const readme = readFileSync(join(root, "README.md"), "utf8");

describe("the documents", () => {
  for (const { file, content } of generatedFiles(root)) {
    it(`are as 'npm run docs' writes them: ${file.slice(root.length + 1)}`, () => {
      expect(readFileSync(file, "utf8")).to.equal(content);
    });
  }

  it("link to files that exist", () => {
    for (const document of [
      "README.md",
      "docs/architecture.md",
      "docs/distribution.md",
      "docs/local-runtime.md",
      "docs/operate.md",
      "docs/security.md",
    ]) {
      const text = readFileSync(join(root, document), "utf8");
      for (const [, link = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
        if (!link.includes("://")) readFileSync(join(root, document, "..", link));
      }
    }
  });
});

describe("the README's transcript", () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await startRuntime({ program: join(root, "index.ts"), stack: "dev", port: 0, awsPort: 0 });
  });
  after(() => runtime.stop());

  it("is what a reader gets, but for the times", async () => {
    const commands = [...readme.matchAll(/```console\n\$ (.+)\n([^`]*)```/g)];
    expect(commands).to.have.length(4);
    for (const [, command = "", expected = ""] of commands) {
      // A reader looks at the terminal before the next command; the workflow needs as long.
      if (command.includes("-X PUT")) await persisted(runtime, "spring-launch");
      const answer = await curl(command.replace("http://127.0.0.1:8787", runtime.apiUrl));
      expect(withoutTimes(answer)).to.equal(withoutTimes(expected.trimEnd()));
    }
  });
});

/** Sends what a curl command of the README sends; what `-K` names is there to have it signed. */
async function curl(command: string): Promise<string> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
  expect(words.slice(0, 2)).to.deep.equal(["curl", "-s"]);
  const option = (flag: string) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
  const url = words.find((word) => word.startsWith("http://")) ?? "";
  const data = option("-d");
  if (data === undefined) return (await fetch(url)).text();
  const curlrc = readFileSync(join(root, option("-K") ?? ""), "utf8");
  expect(curlrc).to.include(`user = "${localUser.accessKeyId}:${localUser.secretAccessKey}"`);
  const [, name = "", value = ""] = /^header = "(.+): (.+)"$/m.exec(curlrc) ?? [];
  const body = data.startsWith("@") ? readFileSync(join(root, data.slice(1)), "utf8") : data;
  const method = option("-X") ?? "POST";
  const headers = signed({ method, url, headers: { [name]: value }, body }, { now: Date.now() });
  return (await fetch(url, { method, headers, body })).text();
}

async function persisted({ services, graph }: Runtime, streamId: string): Promise<void> {
  const table = graph.resources.find(({ name }) => name === "streams-attempts");
  const read = {
    TableName: String(table?.outputs.name),
    Key: { streamId: { S: streamId }, attempt: { N: "1" } },
  };
  for (let looks = 0; looks < 2000; looks++) {
    if ((await services.DynamoDB.call("GetItem", read)).Item) return;
  }
  throw new Error(`The stream ${streamId} was not persisted.`);
}

function withoutTimes(text: string): string {
  return text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g, "(time)");
}
