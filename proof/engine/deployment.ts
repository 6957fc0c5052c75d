import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import type { JsonObject } from "../../local/json";
import { withoutStackTraces } from "../../local/record/stack-traces";
import { Account } from "./account";
import { serveAws } from "./aws-provider";
import { baseConfiguration } from "./configuration";
import { type Configuration, type Engine, project, stackName } from "./engine";
import { nameOf, type OnEvent, type Outcome, observe } from "./outcome";

/** A resource in the state of a stack, as a backend keeps it. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: JsonObject;
  readonly outputs?: JsonObject;
  readonly protect?: boolean;
  /** URNs. */
  readonly dependencies?: readonly string[];
  readonly parent?: string;
  readonly [member: string]: unknown;
}

/** A stack, as it stands after the commands so far: Pulumi's state of it, and the account that it is deployed to. */
export class Deployment {
  private constructor(
    private readonly engine: Engine,
    private readonly backend: string,
    readonly account: Account,
  ) {}

  static async create(engine: Engine): Promise<Deployment> {
    const deployment = new Deployment(engine, engine.newFolder(), new Account());
    await engine.createStack(deployment.backend);
    return deployment;
  }

  /** @returns a deployment in the same state, which goes on by itself. */
  fork(): Deployment {
    const folder = this.engine.newFolder();
    cpSync(this.backend, folder, { recursive: true });
    return new Deployment(this.engine, folder, this.account.copy());
  }

  /** The resources as Pulumi's state has them. */
  get state(): StateResource[] {
    return this.checkpoint.latest?.resources ?? [];
  }

  /** @returns a deployment of the same stack with other resources: those of a recorded release. */
  withRelease(release: readonly StateResource[]): Deployment {
    const folder = this.engine.newFolder();
    cpSync(this.backend, folder, { recursive: true });
    // Far more than a release has drawn.
    const deployment = new Deployment(this.engine, folder, new Account(10_000));
    const file = JSON.parse(readFileSync(deployment.file, "utf8"));
    file.checkpoint.latest.resources = release.map(({ inputs, outputs, ...resource }) => ({
      ...resource,
      inputs,
      outputs: { ...inputs, ...outputs },
    }));
    writeFileSync(deployment.file, JSON.stringify(file));
    for (const { type, urn, id, inputs = {}, outputs: computed = {} } of release) {
      if (id === undefined || !type.startsWith("aws:")) continue;
      deployment.account.adopt({ type, urn, id, name: nameOf(urn), inputs, computed });
    }
    return deployment;
  }

  preview(run: PulumiFn, config: Configuration = {}): Promise<Outcome> {
    return this.command(run, config, (stack, onEvent) => stack.preview({ onEvent }));
  }

  up(run: PulumiFn, config: Configuration = {}): Promise<Outcome> {
    return this.command(run, config, (stack, onEvent) => stack.up({ onEvent }));
  }

  refresh(run: PulumiFn, config: Configuration = {}): Promise<Outcome> {
    return this.command(run, config, (stack, onEvent) => stack.refresh({ onEvent }));
  }

  previewDestroy(run: PulumiFn, config: Configuration = {}): Promise<Outcome> {
    return this.command(run, config, (stack, onEvent) => stack.destroy({ onEvent, previewOnly: true }));
  }

  destroy(run: PulumiFn, config: Configuration = {}): Promise<Outcome> {
    return this.command(run, config, (stack, onEvent) => stack.destroy({ onEvent }));
  }

  private get file(): string {
    return join(this.backend, `.pulumi/stacks/${project}/${stackName}.json`);
  }

  private get checkpoint(): { latest?: { resources?: StateResource[] } } {
    return JSON.parse(readFileSync(this.file, "utf8")).checkpoint;
  }

  private async command(
    run: PulumiFn,
    config: Configuration,
    command: (stack: Stack, onEvent: OnEvent) => Promise<unknown>,
  ): Promise<Outcome> {
    const provider = await serveAws(this.account);
    try {
      const stack = await this.engine.stack(this.backend, provider.port, run, {
        ...baseConfiguration,
        ...config,
      });
      return await withoutStackTraces(require, () => observe((onEvent) => command(stack, onEvent)));
    } finally {
      provider.stop();
    }
  }
}
