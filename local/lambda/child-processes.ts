import childProcess from "node:child_process";
import cluster from "node:cluster";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import workerThreads from "node:worker_threads";
import { awsHosts, hostsOfUrl, refusals } from "./aws-hosts";
import { runOutside } from "./invocations";
import type { Outbound } from "./outbound";

type Environment = { readonly [variable: string]: string | undefined };

type Options = { env?: Environment | null };

type Start = (...args: unknown[]) => unknown;

const starters = ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"] as const;

/**
 * Makes the modules `child_process`, `cluster` and `worker_threads` of a function. What it starts gets the function's environment, whatever
 * environment it is given besides, and its calls to AWS reach the runtime or are refused: those of Node.js by a guard that is loaded
 * first, those of other programs by a proxy.
 */
export function childModules(outbound: Outbound, environment: Environment): { [module: string]: unknown } {
  /** @param isAwaited whether this thread stops until the process has ended. */
  const withEnvironment = ({ env: given, ...options }: Options = {}, isAwaited = false) => {
    const env = given ?? environment;
    const own = childEnvironment(outbound, environment, isAwaited, env.NODE_OPTIONS);
    return { ...options, env: { ...env, ...own } };
  };
  const own: { [name in (typeof starters)[number]]?: Start } = {};
  for (const name of starters) {
    const start = childProcess[name] as Start;
    const isAwaited = name.endsWith("Sync");
    own[name] = (...args) => {
      try {
        return start(...replaceOptions(args, (options) => withEnvironment(options, isAwaited)));
      } finally {
        if (isAwaited) outbound.childProxy.flush();
      }
    };
  }
  for (const name of ["exec", "execFile"] as const) {
    const start = promisify(childProcess[name]) as Start;
    Object.defineProperty(own[name], promisify.custom, {
      value: (...args: unknown[]) => start(...replaceOptions(args, withEnvironment)),
    });
  }
  class Worker extends workerThreads.Worker {
    constructor(file: string | URL, options: workerThreads.WorkerOptions = {}) {
      const { env } = options;
      const given = env === undefined || typeof env === "symbol" ? {} : { env: env as Environment };
      // A thread runs before what its arguments preload: the guard goes ahead of its text.
      const url =
        file instanceof URL || file.startsWith("data:") ? String(file) : pathToFileURL(resolve(file)).href;
      const text = options.eval ? String(file) : `import(${JSON.stringify(url)})`;
      super(`${guardText(outbound)};${text}`, { ...options, eval: true, env: withEnvironment(given).env });
    }
  }
  const fork = (given: Environment = {}) => {
    // A member of the cluster has this process's environment besides what it is given.
    const none = Object.fromEntries(
      Object.keys(runOutside(() => process.env)).map((name) => [name, undefined]),
    );
    return cluster.fork({ ...none, ...withEnvironment({ env: { ...environment, ...given } }).env });
  };
  return {
    child_process: withDefault({ ...childProcess, ...own }),
    cluster: withDefault(Object.assign(Object.create(cluster) as typeof cluster, { fork })),
    worker_threads: withDefault({ ...workerThreads, Worker }),
  };
}

function withDefault<T extends object>(module: T): T {
  return Object.assign(module, { default: module });
}

/** Replaces the options among a starter's arguments: the object that is neither a list nor a callback. Null stands for nothing. */
function replaceOptions(given: readonly unknown[], change: (options?: Options) => Options): unknown[] {
  const args = given.filter((arg, index) => index === 0 || (arg !== undefined && arg !== null));
  const isOptions = (arg: unknown) => typeof arg === "object" && arg !== null && !Array.isArray(arg);
  const at = args.findIndex((arg, index) => index > 0 && isOptions(arg));
  if (at >= 0) return args.map((arg, index) => (index === at ? change(arg as Options) : arg));
  const callback = args.findIndex((arg) => typeof arg === "function");
  const end = callback < 0 ? args.length : callback;
  return [...args.slice(0, end), change(), ...args.slice(end)];
}

/** What a child gets whatever the function gives it: without it, an SDK would look for the developer's own. */
function childEnvironment(
  outbound: Outbound,
  environment: Environment,
  isAwaited: boolean,
  nodeOptions = "",
): Environment {
  const proxy = outbound.childProxy.urlFor(outbound.functionName, isAwaited);
  // The runtime cannot answer a process while it waits for that process. The proxy refuses such a call.
  const direct = isAwaited ? "" : "localhost,127.0.0.1,::1";
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith("AWS_"))),
    AWS_EC2_METADATA_DISABLED: "true",
    NODE_OPTIONS: [nodeOptions, ...guardArguments(outbound, isAwaited)].filter(Boolean).join(" "),
    ...{ HTTPS_PROXY: proxy, https_proxy: proxy, HTTP_PROXY: proxy, http_proxy: proxy },
    ...{ NO_PROXY: direct, no_proxy: direct },
  };
}

/** Has Node.js refuse connections to AWS. The module is a text: a child may be unable to load a file of ours. */
function guardArguments(outbound: Outbound, isAwaited: boolean): string[] {
  const module = `import{createRequire}from"node:module";const require=createRequire("file:///");${guardText(outbound, isAwaited)}`;
  return ["--import", `data:text/javascript,${encodeURIComponent(module)}`];
}

function guardText({ functionName, endpoint }: Outbound, isAwaited = false): string {
  const stopped = isAwaited && endpoint !== undefined ? hostsOfUrl(endpoint.url) : [];
  const known = { ...awsHosts(endpoint?.url), refusals, stopped, functionName };
  return `(${guard.toString()})(require, ${JSON.stringify(known)})`;
}

/** What {@link guard} is told. */
interface Known extends ReturnType<typeof awsHosts> {
  readonly functionName: string;
  /** The hosts of the runtime, where it is stopped until the child has ended. */
  readonly stopped: readonly string[];
  readonly refusals: typeof refusals;
}

/** Runs in the child, and so refers to nothing of this module. A thread that the child starts has it first, too. */
function guard(require: NodeJS.Require, known: Known): void {
  const { Socket } = require("node:net") as {
    Socket: { readonly prototype: { connect: (...args: unknown[]) => unknown } };
  };
  const threads = require("node:worker_threads") as { Worker: typeof workerThreads.Worker };
  const { pathToFileURL: urlOf } = require("node:url") as typeof import("node:url");
  const { resolve: pathOf } = require("node:path") as typeof import("node:path");
  const guardText = `(${guard.toString()})(require, ${JSON.stringify(known)})`;
  threads.Worker = class extends threads.Worker {
    constructor(file: string | URL, options: workerThreads.WorkerOptions = {}) {
      const url = file instanceof URL || file.startsWith("data:") ? String(file) : urlOf(pathOf(file)).href;
      const text = options.eval ? String(file) : `import(${JSON.stringify(url)})`;
      super(`${guardText};${text}`, { ...options, eval: true });
    }
  };
  // For those that import the class.
  (require("node:module") as typeof import("node:module")).syncBuiltinESMExports();
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: { destroy(error: Error): void }, ...args: unknown[]) {
    const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as [unknown, unknown];
    const options = first as { host?: unknown; port?: unknown } | undefined;
    const host = options?.host ?? second;
    const port = options?.port ?? first;
    const name = typeof host === "string" ? host.toLowerCase().replace(/\.$/, "") : "";
    const isDefault = Number(port) === 80 || Number(port) === 443;
    const withPort = isDefault ? name : `${name}:${String(port)}`;
    const isStopped = known.stopped.includes(withPort);
    const isAws =
      known.metadataAddresses.includes(name.replace(/^::ffff:/, "")) ||
      known.endpoints.includes(withPort) ||
      known.domains.some((domain) => name === domain || name.endsWith(`.${domain}`));
    if (!isAws && !isStopped) return Reflect.apply(connect, this, args);
    const message = `A child process of the function ${known.functionName} called ${withPort}. ${isStopped ? known.refusals.stopped : known.refusals.aws}`;
    process.nextTick(() => this.destroy(Object.assign(new Error(message), { code: "ERR_AWS_CALL_REFUSED" })));
    return this;
  };
}
