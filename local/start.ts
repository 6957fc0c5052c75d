import { relative } from "node:path";
import { readOptions, readPort, runCommand, UsageError } from "./cli";
import { RunLog } from "./run-log";
import { startRuntime } from "./runtime";

const usage = `npm start -- [options]

  --port PORT        port of the HTTP API (default 8787)
  --aws-port PORT    port of the AWS wire protocols (default 8788)
  --program FILE     the Pulumi program (default index.ts)
  --stack NAME       the stack whose Pulumi.NAME.yaml configures it (default dev)
  --data DIR         keep the tables in DIR between runs (default: in memory)`;

runCommand(async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      port: { type: "string", default: "8787" },
      "aws-port": { type: "string", default: "8788" },
      program: { type: "string", default: "index.ts" },
      stack: { type: "string", default: "dev" },
      data: { type: "string" },
    },
    usage,
  );
  if (positionals.length > 0) {
    throw new UsageError(`There is no argument '${positionals.join(" ")}', only options.\n\n${usage}`);
  }
  // What happens while the program is recorded is no news.
  let isReady = false;
  const log = new RunLog((line) => isReady && process.stdout.write(`${line}\n`));
  const runtime = await startRuntime({
    program: values.program,
    stack: values.stack,
    port: readPort("--port", values.port),
    awsPort: readPort("--aws-port", values["aws-port"]),
    ...(values.data !== undefined && { dataFolder: values.data }),
    listener: log,
  });
  const { apiUrl, awsUrl, graph, authorized } = runtime;
  process.stdout.write(`Stream orchestration, running locally

  API      ${apiUrl}    GET /health, POST /streams, PUT /streams
  AWS      ${awsUrl}    AWS_ENDPOINT_URL for any SDK or the AWS CLI
  Program  ${relative(process.cwd(), values.program)}, stack ${values.stack}, ${graph.resources.length} resources
  Tables   ${values.data ?? "in memory"}
${authorized ? "\n  Authorization is not enforced locally; a deployment asks callers of /streams for it.\n" : ""}
  Request a stream:
    curl -i ${apiUrl}/streams -H 'content-type: application/json' -d @examples/spring-launch.json
  Confirm it, once it waits for that:
    curl -i -X PUT ${apiUrl}/streams -H 'content-type: application/json' -d '{"streamId":"spring-launch","status":"READY"}'

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
