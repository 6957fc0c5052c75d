// Evaluates a Pulumi program once, as Pulumi's language host does for each preview and update, against mocks that answer at once. It prints the names of
// the packages that this loaded, as a JSON array.
// node [options] scripts/evaluate-program.mjs PROGRAM
import { createRequire } from "node:module";
import { resolve } from "node:path";

const program = resolve(process.argv[2] ?? "index.ts");
const load = createRequire(program);
const pulumi = load("@pulumi/pulumi");

pulumi.runtime.setAllConfig({
  "aws:region": "us-east-1",
  "stream-orchestration:channelIds": "1234567",
  "stream-orchestration:distributionId": "E2QWRUHAPOMQZL",
});
await pulumi.runtime.setMocks(
  {
    newResource: ({ name, inputs }) => ({
      id: name,
      state: {
        ...inputs,
        name,
        arn: `arn:aws:x:us-east-1:123456789012:${name}`,
        url: name,
        apiEndpoint: name,
      },
    }),
    call: () => ({ region: "us-east-1", accountId: "123456789012", partition: "aws" }),
  },
  "stream-orchestration",
  "bench",
);
await pulumi.runtime.runInPulumiStack(async () => load(program));
await pulumi.runtime.disconnect();
const packages = Object.keys(load.cache).flatMap(
  (file) => /.*node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1] ?? [],
);
console.log(JSON.stringify([...new Set(packages)].sort()));
