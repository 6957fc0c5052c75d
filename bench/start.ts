// What `npm start` takes until the runtime is ready, beside the loading of the one library that every AWS program loads.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { median, type Row } from "./row";

const root = resolve(__dirname, "..");
const rounds = 5;

/** @param node the Node.js that both are started with. */
export async function measureStart(node: string, version: string): Promise<Row[]> {
  const starts: number[] = [];
  const loads: number[] = [];
  const ports = ["--port", "0", "--aws-port", "0", "--playback-port", "0", "--console-port", "0"];
  const start = [join(root, "dist", "cli", "main.js"), "dev", ...ports];
  // Fills the caches of a second start: tsx's, and Node.js's own where it has one.
  await until(node, start);
  for (let round = 0; round < rounds; round += 1) {
    loads.push(await until(node, ["-e", "require('@pulumi/aws'); console.log('http://loaded')"]));
    starts.push(await until(node, start));
  }
  return [
    {
      what: `${version}: \`npm start\` until it is ready, s`,
      figure: median(starts) / 1000,
      peer: { name: "loading @pulumi/aws", figure: median(loads) / 1000 },
      target: 1.6,
      digits: 2,
    },
  ];
}

/** @returns the milliseconds until a process has printed a URL. It is ended, and the next one does not run beside its end. */
async function until(node: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(node, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  // Once all that it printed has been read.
  const ended = once(child, "close");
  let text = "";
  const printed = new Promise<number>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes("http://")) done(performance.now() - started);
      });
    }
  });
  const taken = await Promise.race([printed, ended]);
  if (typeof taken !== "number") throw new Error(`It ended with ${taken[0]} before it was ready:\n${text}`);
  child.kill();
  await ended;
  return taken;
}
