import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** The folder that `pulumi package add` is given. */
export const pluginFolder = resolve(__dirname, "../../dist/plugin");

/** The plugin as a process, started as Pulumi's host for Node.js starts it. */
export interface RunningPlugin {
  readonly port: number;
  stop(): void;
}

/** @throws {Error} with what the process printed, if it ends without having told its port. */
export async function startPlugin(): Promise<RunningPlugin> {
  const host = join(dirname(require.resolve("@pulumi/pulumi/package.json")), "cmd/run-plugin");
  // The engine that attaches to the plugin tells its address by itself.
  const plugin = spawn(process.execPath, [host, pluginFolder], { cwd: pluginFolder });
  const port = await portOf(plugin);
  return { port, stop: () => plugin.kill() };
}

function portOf({ stdout, stderr }: ChildProcess): Promise<number> {
  return new Promise((tell, refuse) => {
    if (!stdout || !stderr) throw new Error("The plugin has no output.");
    let errors = "";
    stderr.on("data", (data) => {
      errors += data;
    });
    stderr.once("end", () => refuse(new Error(`The plugin ended: ${errors}`)));
    createInterface(stdout).once("line", (line) => tell(Number(line)));
  });
}
