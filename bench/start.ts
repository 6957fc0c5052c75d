// What `npm start` takes until the runtime is ready, beside the loading of the one library that every AWS program loads.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { median, type Row } from "./row";

const root = resolve(__dirname, "..");
const rounds = 5;

export async function measureStart(): Promise<Row[]> {
  const starts: number[] = [];
  const loads: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    loads.push(await until(["-e", "require('@pulumi/aws'); console.log('http://loaded')"]));
    const ports = ["--port", "0", "--aws-port", "0", "--playback-port", "0"];
    starts.push(await until([join(root, "dist", "cli", "main.js"), "dev", ...ports]));
  }
  return [
    {
      what: "`npm start` until it is ready, s",
      figure: median(starts) / 1000,
      peer: { name: "loading @pulumi/aws", figure: median(loads) / 1000 },
      target: 1.6,
      digits: 2,
    },
  ];
}

/** @returns the milliseconds until a process has printed a URL. */
function until(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  return new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes("http://")) return;
        done(performance.now() - started);
        child.kill();
      });
    }
    child.on("exit", (code) => fail(new Error(`It ended with ${code} before it was ready:\n${text}`)));
  });
}
