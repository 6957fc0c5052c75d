import { join, relative } from "node:path";
import { escapeControls } from "../../contracts";
import { localUser } from "../../local/auth";
import { type Graph, resourcesOfType } from "../../local/record/graph";
import { describeInert } from "../../local/record/inert";
import { type Runtime, startRuntime } from "../../local/runtime";
import { Activity } from "../../local/time/activity";
import { fastClock, systemClock } from "../../local/time/clock";
import { movableClock } from "../../local/time/movable-clock";
import { programOrigins } from "../../testing/program-origins";
import {
  type Command,
  fail,
  readCount,
  readOptions,
  readPort,
  readSpeed,
  readSwitch,
  refuseArguments,
} from "../cli";
import { joinListeners } from "../console/join-listeners";
import { Recorder } from "../console/recorder";
import { startConsole } from "../console/server";
import { describeLeftAttempts } from "../left-attempts";
import { packagedFile, packageRoot } from "../package-root";
import { PlayableWatch } from "../playable-watch";
import { programOptions, programUsage, readProgram } from "../program";
import { RunLog } from "../run-log";

const usage = `Usage: stream-orchestration dev [options]
In a clone: npm start -- [options]

Runs a Pulumi program without deploying it: records the resources that it registers, and executes them.

  --port PORT        port of the HTTP API (default 8787)
  --aws-port PORT    port of the AWS wire protocols (default 8788)
  --playback-port PORT
                     port of the distributions, for viewers (default 8789)
  --console-port PORT
                     port of the console, the web page for operators (default 8790)
${programUsage()}
  --auth on|off      ask callers of the API for the credentials that a deployment asks for (default on)
  --data DIR         keep the tables in DIR between runs (default: in memory)
  --max-ended-executions N
                     keep the newest N ended executions of each state machine (default 1000)
  --speed N          let N seconds pass in one (default 1): with 60, a wait of 15 minutes takes 15 seconds. Functions
                     and calls have their real time`;

/** How curl gets in, by what the routes ask for. */
const curlWith = () => ({
  AWS_IAM: `curl -i -K ${packagedFile("examples", "local.curlrc")}`,
  JWT: `curl -i -H "authorization: Bearer $TOKEN" -H 'content-type: application/json'`,
  NONE: "curl -i -H 'content-type: application/json'",
});

const hints = () => ({
  AWS_IAM: `
  Callers of /streams sign with Signature Version 4 (execute-api), as the user '${localUser.name}':
    AWS_ACCESS_KEY_ID      ${localUser.accessKeyId}
    AWS_SECRET_ACCESS_KEY  ${localUser.secretAccessKey}
  ${packagedFile("examples", "local.curlrc")} has curl do so; --auth off does without.
`,
  JWT: `
  Callers of /streams send a token of the issuer that is configured; --auth off does without.
`,
  NONE: "",
});

export const dev: Command = async (args) => {
  const { values, positionals } = readOptions(
    args,
    {
      port: { type: "string", default: "8787" },
      "aws-port": { type: "string", default: "8788" },
      "playback-port": { type: "string", default: "8789" },
      "console-port": { type: "string", default: "8790" },
      ...programOptions,
      auth: { type: "string", default: "on" },
      data: { type: "string" },
      "max-ended-executions": { type: "string", default: "1000" },
      speed: { type: "string", default: "1" },
    },
    usage,
  );
  refuseArguments(positionals, usage);
  // What happens while the program is recorded is no news.
  let isReady = false;
  const speed = readSpeed("--speed", values.speed);
  const activity = new Activity();
  const clock = movableClock(speed === 1 ? systemClock : fastClock(speed), () => activity.settled());
  const log = new RunLog((line) => isReady && process.stdout.write(`${line}\n`), clock.now);
  const auth = readSwitch("--auth", values.auth);
  const ports = {
    port: readPort("--port", values.port),
    awsPort: readPort("--aws-port", values["aws-port"]),
    playbackPort: readPort("--playback-port", values["playback-port"]),
  };
  const consolePort = readPort("--console-port", values["console-port"]);
  const { program, stack, config, surroundings } = readProgram(values);
  const recorder = new Recorder(clock.now);
  let playable: PlayableWatch | undefined;
  const runtime = await startRuntime({
    ...{ program, stack, config },
    ...surroundings,
    ...ports,
    ...(values.data !== undefined && { dataFolder: values.data }),
    maxEndedExecutions: readCount("--max-ended-executions", values["max-ended-executions"]),
    ...{ clock, activity },
    // Callers sign by their own clocks.
    ...{ auth, callerClock: systemClock },
    // `npm ci && npm test` beside it replaces node_modules and dist.
    isLoadedAhead: true,
    mainRoute: "POST /streams",
    origins: programOrigins,
    listener: joinListeners(log, recorder, {
      onBroken: (error) => {
        // A start that fails says so itself.
        if (isReady) fail(error);
      },
      onChannelState: () => void playable?.look(),
      onDistribution: () => void playable?.look(),
    }),
  });
  recorder.attach(runtime.gate, (arn) => runtime.services.StepFunctions.historyOf(arn));
  const console = await startConsole({
    ...{ runtime, recorder, clock: { ...clock, speed }, auth, callerNow: systemClock.now },
    ...{ folder: join(packageRoot, "dist", "console"), port: consolePort },
  });
  playable = new PlayableWatch(runtime, log.onPlayable);
  const { apiUrl, awsUrl, playbackUrl, graph, authorization } = runtime;
  const asked = auth === "on" ? authorization : "NONE";
  const left = values.data === undefined ? [] : await describeLeftAttempts(runtime, clock.now());
  process.stdout.write(`Stream orchestration, running locally

${describeApis(runtime)}
  AWS      ${awsUrl}    AWS_ENDPOINT_URL for any SDK or the AWS CLI
  Viewers  ${playbackUrl}    each stream's playlist, once it is playable
  Console  ${console.url}    streams, workflows and tools, in a browser
  Program  ${relative(process.cwd(), program)}, stack ${stack}, ${graph.resources.length} resources${inertLine(graph)}
  Tables   ${values.data ?? "in memory"}${left.map((line) => `\n           ${escapeControls(line)}`).join("")}
${hints()[asked]}${routesOf(graph, runtime.apis[0]?.id).includes("POST /streams") ? firstSteps(curlWith()[asked], apiUrl) : ""}
Ready after ${process.uptime().toFixed(1)} s. Ctrl-C stops everything.

`);
  isReady = true;
  const stop = () => {
    Promise.all([console.stop(), runtime.stop()]).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return undefined;
};

/** Names the resources that are only recorded, in one line. */
function inertLine(graph: Graph): string {
  const inert = describeInert(graph);
  return inert === undefined ? "" : `\n           ${inert}`;
}

/** The address of each HTTP API, with its routes; its name where there are several. */
function describeApis({ apiUrl, apis, graph }: Runtime): string {
  if (apis.length === 0) return `  API      ${apiUrl}    no routes`;
  return apis
    .map(({ id, name, url }) => {
      const routes = routesOf(graph, id).join(", ") || "no routes";
      return `  API      ${url}    ${apis.length > 1 ? `${name}: ` : ""}${routes}`;
    })
    .join("\n");
}

/** An API's routes for single methods: the others answer what a route refuses. */
function routesOf(graph: Graph, apiId: string | undefined): string[] {
  const keys = resourcesOfType(graph, "aws:apigatewayv2/route:Route")
    .filter(({ inputs }) => inputs.apiId === apiId)
    .map(({ inputs }) => String(inputs.routeKey));
  return keys.filter((key) => /^(GET|POST|PUT|PATCH|DELETE) /.test(key)).sort();
}

function firstSteps(curl: string, apiUrl: string): string {
  return `
  Request a stream:
    ${curl} ${apiUrl}/streams -d @${packagedFile("examples", "spring-launch.json")}
  Confirm it, once it waits for that:
    ${curl} -X PUT ${apiUrl}/streams -d '{"streamId":"spring-launch","status":"READY"}'
  Read it, and end it with -X DELETE:
    ${curl} ${apiUrl}/streams/spring-launch
`;
}
