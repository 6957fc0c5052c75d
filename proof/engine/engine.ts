import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LocalWorkspace, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { parse, stringify } from "yaml";

/** Configuration values by key; a key without a namespace is the project's. */
export interface Configuration {
  readonly [key: string]: string | object;
}

/** @returns whether there is a `pulumi` command. */
export function hasCli(): boolean {
  return spawnSync("pulumi", ["version"]).status === 0;
}

const projectSettings = parse(readFileSync(resolve(__dirname, "../../Pulumi.yaml"), "utf8"));

export const project: string = projectSettings.name;
export const stackName = "dev";

/** The program's configuration keys, with their defaults. */
export const declaredKeys: { readonly [key: string]: { readonly default?: unknown } } = Object.fromEntries(
  Object.entries(projectSettings.config as object).filter(([key]) => !key.includes(":")),
);

/** Pulumi's command line in a folder of its own: no login, no network, no plugins. */
export class Engine {
  private folders = 0;
  private readonly folder = mkdtempSync(join(tmpdir(), "engine-"));
  private readonly workFolder = this.newFolder();
  private readonly home = this.newFolder();
  private workspace: LocalWorkspace | undefined;
  private selected: Stack | undefined;
  /** The ports of further providers, by the name of their packages. */
  readonly plugins = new Map<string, number>();

  newFolder(): string {
    this.folders += 1;
    const folder = join(this.folder, String(this.folders));
    mkdirSync(folder);
    return folder;
  }

  async createStack(backend: string): Promise<void> {
    const workspace = await this.open(backend, {});
    this.selected = await Stack.create(stackName, workspace);
    // Two look-ups after every command, each with processes of its own.
    this.selected.outputs = async () => ({});
    this.selected.info = async () => undefined;
  }

  /** @returns the stack, whose commands work with a backend, a provider, a program and a configuration from now on. */
  async stack(backend: string, port: number, run: PulumiFn, config: Configuration): Promise<Stack> {
    const providers = [["aws", port], ...this.plugins].map(([name, at]) => `${name}:${at}`).join(",");
    const workspace = await this.open(backend, { PULUMI_DEBUG_PROVIDERS: providers });
    this.configure(config);
    workspace.program = run;
    if (!this.selected) throw new Error("The engine has no stack yet.");
    return this.selected;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async open(backend: string, variables: { [name: string]: string }): Promise<LocalWorkspace> {
    const envVars = {
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "engine",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // The state is written when a command has ended, and not after each of its steps: that takes half of the time.
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...variables,
    };
    if (!this.workspace) {
      // An inline program has no file of its own.
      const { main: _, ...settings } = projectSettings;
      writeFileSync(join(this.workFolder, "Pulumi.yaml"), stringify(settings));
      this.workspace = await LocalWorkspace.create({
        workDir: this.workFolder,
        pulumiHome: this.home,
        envVars,
      });
    }
    this.workspace.envVars = envVars;
    return this.workspace;
  }

  /** Writes the stack's configuration; what protects its secrets stays. */
  private configure(config: Configuration): void {
    const file = join(this.workFolder, `Pulumi.${stackName}.yaml`);
    const settings = parse(readFileSync(file, "utf8"));
    const values = Object.entries(config).map(([key, value]) => [
      key.includes(":") ? key : `${project}:${key}`,
      value,
    ]);
    writeFileSync(file, stringify({ ...settings, config: Object.fromEntries(values) }));
  }
}
