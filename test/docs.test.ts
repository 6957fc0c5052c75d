import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { localUser } from "../local/auth";
import { readPolicy } from "../local/iam/document";
import { decide } from "../local/iam/evaluate";
import type { Json } from "../local/json";
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
      "docs/api.md",
      "docs/architecture.md",
      "docs/cli.md",
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

describe("the policy that docs/security.md gives to a customer's key", () => {
  const [, text = ""] =
    /```json\n(\[[^`]*\])\n```/.exec(readFileSync(join(root, "docs/security.md"), "utf8")) ?? [];
  const document = text.replaceAll("REGION", "eu-west-1").replaceAll("ACCOUNT", "123456789012");
  const statements = readPolicy(
    { Version: "2012-10-17", Statement: JSON.parse(document) as Json },
    "the key policy",
  );
  const may = (service: string, action: string, context = {}) =>
    decide({ action, resource: "*", context }, { kind: "service", service }, [], statements) === "allowed";
  const ours = { "aws:SourceAccount": "123456789012" };

  it("lets in each service that stores or reads under the key by itself", () => {
    const log = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x";
    expect(
      may("logs.eu-west-1.amazonaws.com", "kms:GenerateDataKey", {
        "kms:EncryptionContext:aws:logs:arn": log,
      }),
    ).to.equal(true);
    for (const service of ["cloudwatch", "events", "sns"]) {
      for (const action of ["kms:Decrypt", "kms:GenerateDataKey"]) {
        expect(may(`${service}.amazonaws.com`, action, ours), `${service} ${action}`).to.equal(true);
      }
    }
    expect(may("events.amazonaws.com", "kms:DescribeKey")).to.equal(true);
    expect(may("delivery.logs.amazonaws.com", "kms:Decrypt")).to.equal(true);
  });

  it("lets in none of them for another account, and none for more", () => {
    expect(may("sns.amazonaws.com", "kms:Decrypt", { "aws:SourceAccount": "999999999999" })).to.equal(false);
    expect(may("delivery.logs.amazonaws.com", "kms:Encrypt")).to.equal(false);
    expect(may("lambda.amazonaws.com", "kms:Decrypt", ours)).to.equal(false);
  });
});

describe("the README's transcript", () => {
  let runtime: Runtime;
  before(async () => {
    runtime = await startRuntime({ program: join(root, "index.ts"), stack: "local", port: 0, awsPort: 0 });
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
