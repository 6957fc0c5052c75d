import { relative } from "node:path";
import { localUser } from "../local/auth";
import { startRuntime } from "../local/runtime";
import { fastClock, systemClock } from "../local/time/clock";
import { readOptions, readPort, readSpeed, readSwitch, runCommand, UsageError } from "./cli";
import { RunLog } from "./run-log";

const usage = `npm start -- [options]

  --port PORT        port of the HTTP API (default 8787)
  --aws-port PORT    port of the AWS wire protocols (default 8788)
  --program FILE     the Pulumi program (default index.ts)
  --stack NAME       the stack whose Pulumi.NAME.yaml configures it (default dev)
  --auth on|off      ask callers of the API for the credentials that a deployment asks for (default on)
  --data DIR         keep the tables in DIR between runs (default: in memory)
  --speed N          let N seconds pass in one (default 1): with 60, a wait of 15 minutes takes 15 seconds`;

/** How curl gets in, by what the routes ask for. */
const curlWith = {
  AWS_IAM: "curl -i -K examples/local.curlrc",
  JWT: `curl -i -H "authorization: Bearer $TOKEN" -H 'content-type: application/json'`,
  NONE: "curl -i -H 'content-type: application/json'",
};

const hints = {
  AWS_IAM: `
  Callers of /streams sign with Signature Version 4 (execute-api), as the user '${localUser.name}':
    AWS_ACCESS_KEY_ID      ${localUser.accessKeyId}
    AWS_SECRET_ACCESS_KEY  ${localUser.secretAccessKey}
  examples/local.curlrc has curl do so; --auth off does without.
`,
  JWT: `
  Callers of /streams send a token of the issuer that is configured; --auth off does without.
`,
  NONE: "",
};

runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      port: { type: "string", default: "8787" },
      "aws-port": { type: "string", default: "8788" },
      program: { type: "string", default: "index.ts" },
      stack: { type: "string", default: "dev" },
      auth: { type: "string", default: "on" },
      data: { type: "string" },
      speed: { type: "string", default: "1" },
    },
    usage,
  );
  if (positionals.length > 0) {
    throw new UsageError(`There is no argument '${positionals.join(" ")}', only options.\n\n${usage}`);
  }
  // What happens while the program is recorded is no news.
  let isReady = false;
  const log = new RunLog((line) => isReady && process.stdout.write(`${line}\n`));
  const speed = readSpeed("--speed", values.speed);
  const auth = readSwitch("--auth", values.auth);
  const runtime = await startRuntime({
    program: values.program,
    stack: values.stack,
    port: readPort("--port", values.port),
    awsPort: readPort("--aws-port", values["aws-port"]),
    ...(values.data !== undefined && { dataFolder: values.data }),
    ...(speed !== 1 && { clock: fastClock(speed) }),
    // Callers sign by their own clocks.
    ...{ auth, callerClock: systemClock },
    listener: log,
  });
  const { apiUrl, awsUrl, graph, authorization } = runtime;
  const curl = auth === "on" ? curlWith[authorization] : curlWith.NONE;
  process.stdout.write(`Stream orchestration, running locally

  API      ${apiUrl}    GET /health, POST /streams, PUT /streams
  AWS      ${awsUrl}    AWS_ENDPOINT_URL for any SDK or the AWS CLI
  Program  ${relative(process.cwd(), values.program)}, stack ${values.stack}, ${graph.resources.length} resources
  Tables   ${values.data ?? "in memory"}
${auth === "on" ? hints[authorization] : hints.NONE}
  Request a stream:
    ${curl} ${apiUrl}/streams -d @examples/spring-launch.json
  Confirm it, once it waits for that:
    ${curl} -X PUT ${apiUrl}/streams -d '{"streamId":"spring-launch","status":"READY"}'

Ready after ${process.uptime().toFixed(1)} s. Ctrl-C stops everything.

`);
  isReady = true;
  const stop = () => {
    runtime.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return undefined;
});
