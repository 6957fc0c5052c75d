import { InputPropertiesError, RunError } from "@pulumi/pulumi";
import { expect } from "chai";
import { describeError, readOptions, readPort, UsageError } from "../../cli/cli";

const usage = "Usage: stream-orchestration dev [options]";
const options = { port: { type: "string", default: "8787" }, data: { type: "string" } } as const;

describe("the options of a command", () => {
  it("take what is given, and the default otherwise", () => {
    const { values, positionals } = readOptions(["--data", "kept", "file.json"], options, usage);
    expect({ ...values }).to.deep.equal({ port: "8787", data: "kept" });
    expect(positionals).to.deep.equal(["file.json"]);
  });

  it("are refused when they are unknown, in words that say how the command is called", () => {
    expect(() => readOptions(["--prot", "1"], options, usage)).to.throw(
      UsageError,
      /^Unknown option '--prot'\.\n\nUsage: stream-orchestration dev \[options\]$/,
    );
  });

  it("are refused without their value", () => {
    expect(() => readOptions(["--port"], options, usage)).to.throw(
      UsageError,
      /^Option '--port <value>' argument missing\.\n\n/,
    );
  });
});

describe("a port", () => {
  for (const [text, port] of [
    ["0", 0],
    ["8787", 8787],
    ["65535", 65535],
  ] as const) {
    it(`may be ${text}`, () => {
      expect(readPort("--port", text)).to.equal(port);
    });
  }

  for (const text of ["", "65536", "-1", "80.5", "0x50", "8e3", "http", " 80"]) {
    it(`may not be '${text}'`, () => {
      expect(() => readPort("--port", text)).to.throw(
        UsageError,
        `--port must be a port from 0 to 65535 (0 for a free one), received '${text}'.`,
      );
    });
  }
});

describe("an error that ends a command", () => {
  it("is its message, where somebody foresaw it", () => {
    expect(describeError(new UsageError("Port 80 is in use."))).to.equal("Port 80 is in use.");
    expect(describeError(new Error("The program says no."))).to.equal("The program says no.");
    expect(describeError("just text")).to.equal("just text");
    expect(describeError(new RunError("A key is missing."))).to.equal("A key is missing.");
    expect(describeError(new InputPropertiesError({ message: "Two are wrong.", errors: [] }))).to.equal(
      "Two are wrong.",
    );
  });

  it("says how a missing configuration value is given to a local run", () => {
    const missing = new RunError(
      "Missing required configuration variable 'shop:size'\n\tplease set a value using the command `pulumi config set shop:size <value>`",
    );
    expect(describeError(missing)).to.equal(
      [
        "Missing required configuration variable 'shop:size'",
        "  please set a value using the command `pulumi config set shop:size <value>`",
        "  or, for local runs, in Pulumi.local.yaml or by --config shop:size=VALUE",
      ].join("\n"),
    );
  });

  it("comes with its stack where nobody did", () => {
    expect(describeError(new TypeError("x is not a function"))).to.match(
      /^TypeError: x is not a function\n +at /,
    );
  });
});
