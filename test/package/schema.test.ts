import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { findArgumentIssues } from "../../components/check-args";
import { root } from "../support/root";
import { recordDefaults } from "../support/stream-orchestration";

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly description?: string;
  readonly secret?: boolean;
  readonly plain?: boolean;
}

interface Properties {
  readonly [name: string]: Property;
}

const plugin = join(root, "dist", "plugin");
const schema = JSON.parse(readFileSync(join(plugin, "schema.json"), "utf8")) as {
  readonly version: string;
  readonly resources: {
    readonly [type: string]: {
      readonly inputProperties: Properties;
      readonly properties: Properties;
      readonly requiredInputs: readonly string[];
    };
  };
  readonly types: { readonly [name: string]: { readonly properties: Properties } };
};

const component = schema.resources["stream-orchestration:index:StreamOrchestration"];
const argumentsOfComponent = component?.inputProperties ?? {};

/** Every argument by its path, the arguments within others among them. */
function walk(properties: Properties, path = ""): [path: string, property: Property][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const within = property.$ref ?? property.items?.$ref;
    const type = schema.types[within?.replace("#/types/", "") ?? ""];
    const list = property.items ? "[0]" : "";
    const members = type ? walk(type.properties, `${path}${name}${list}.`) : [];
    return [[`${path}${name}`, property] as [string, Property], ...members];
  });
}

/** @returns arguments with a value of a property's type at its path, in objects and lists of one. */
function argumentsWith(path: string, { type }: Property): object {
  const value = { array: [], boolean: false, number: 0, string: "" }[type ?? ""] ?? {};
  return path
    .split(".")
    .reverse()
    .reduce<unknown>((inner, part) => {
      const name = part.replace("[0]", "");
      return { [name]: name === part ? inner : [inner] };
    }, value) as object;
}

describe("the schema for Pulumi's other languages", () => {
  it("has every output of the component, and nothing else", async () => {
    const { result } = await recordDefaults();
    const outputs = Object.entries(result)
      .filter(([name, value]) => name !== "urn" && pulumi.Output.isInstance(value))
      .map(([name]) => name);
    expect(Object.keys(component?.properties ?? {})).to.have.members(outputs);
  });

  it("has arguments that the component takes", () => {
    const known = walk(argumentsOfComponent);
    const paths = known.map(([path]) => path);
    expect(paths).to.include.members(["encoder.channels[0].originPath", "auth.jwt.issuer", "network.vpcId"]);
    const unknown = known.filter(([path, property]) =>
      findArgumentIssues(argumentsWith(path, property)).some(({ problem }) =>
        problem.includes("is not an argument"),
      ),
    );
    expect(unknown.map(([path]) => path)).to.deep.equal([]);
  });

  it("requires what TypeScript requires", () => {
    expect(component?.requiredInputs).to.deep.equal(["encoder", "playback"]);
  });

  it("describes every argument and output", () => {
    const all = [...walk(argumentsOfComponent), ...Object.entries(component?.properties ?? {})];
    expect(all).to.have.length.above(80);
    expect(all.flatMap(([path, { description }]) => (description ? [] : [path]))).to.deep.equal([]);
  });

  it("tells defaults and allowed values", () => {
    const descriptions = Object.fromEntries(
      walk(argumentsOfComponent).map(([path, { description = "" }]) => [path, description]),
    );
    expect(descriptions.maxLiveHours).to.match(/\n\nDefault: 12\.$/);
    expect(descriptions["readiness.mode"]).to.include("One of `automatic`, `manual`.");
  });

  it("marks the values of origin headers and the keys of notification targets as secret, and nothing else", () => {
    const secrets = walk(argumentsOfComponent).flatMap(([path, { secret }]) => (secret ? [path] : []));
    expect(secrets).to.have.members([
      ...["encoder.channels[0].originHeaders", "playback.originHeaders", "notify[0].routingKey"],
      ...["notify[0].auth.apiKey.value", "notify[0].auth.oauth.clientSecret", "notify[0].auth.hmac.secret"],
    ]);
  });

  it("has the arguments and outputs of the programs in docs/languages.md", () => {
    const read = (file: string) => readFileSync(join(root, "examples", file), "utf8");
    const program = parse(read("yaml/Pulumi.yaml"));
    const { type, properties } = program.resources.streams;
    expect(type).to.equal("stream-orchestration:StreamOrchestration");
    expect(findArgumentIssues(properties)).to.deep.equal([]);
    const known = [...walk(argumentsOfComponent), ...Object.entries(component?.properties ?? {})].map(
      ([path]) => path.split(".").at(-1) ?? "",
    );
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    const namesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);
    const python = namesIn(read("python/__main__.py"), /\b([a-z_]+)=/g);
    const pythonOutputs = namesIn(read("python/__main__.py"), /\bstreams\.(\w+)\)/g);
    const go = namesIn(read("go/main.go"), /^\s+(\w+): /gm);
    const goOutputs = namesIn(read("go/main.go"), /\bstreams\.(\w+)\)/g);
    expect([python, pythonOutputs, go, goOutputs].map(({ length }) => length)).to.deep.equal([8, 2, 6, 2]);
    expect(known.map(snake)).to.include.members([...python, ...pythonOutputs]);
    expect(known.map(pascal)).to.include.members([...go, ...goOutputs]);
    for (const output of Object.values(program.outputs as object)) {
      expect(known).to.include(/^\$\{streams\.(\w+)\}$/.exec(output)?.[1]);
    }
  });

  it("stands beside a package whose dependencies leave @pulumi/awsx out", () => {
    const read = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { version, dependencies } = read(plugin);
    expect([version, schema.version]).to.deep.equal([read(root).version, read(root).version]);
    expect(Object.keys(dependencies)).to.deep.equal(["@pulumi/aws", "@pulumi/pulumi"]);
  });
});
