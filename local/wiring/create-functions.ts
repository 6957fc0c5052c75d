import type { Server } from "node:http";
import { credentialsOf } from "../calls/callers";
import { Exchange } from "../http/exchange";
import type { Receivers } from "../http/receivers";
import { FunctionLogs } from "../iam";
import { Functions } from "../lambda/functions";
import type { RuntimeListener } from "../listener";
import { textsOf } from "../playback/distribution-config";
import type { Graph } from "../record/graph";
import { apis, type Services } from "../services";
import type { Signals } from "../services/service-context";
import type { Activity } from "../time/activity";
import type { Clock } from "../time/clock";
import type { Passage } from "./create-gate";
import type { Hops } from "./hops";

export interface FunctionsContext {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly listener: RuntimeListener;
  readonly passage: Passage;
  readonly hops: Hops;
  readonly signals: Signals;
  readonly receivers: Receivers;
  /** Takes what the functions write. */
  readonly cloudWatchLogs: Services["CloudWatchLogs"];
  readonly functions: () => Functions | undefined;
  /** The server of the AWS wire protocols, which the functions call. */
  readonly aws: { readonly server: Server; readonly url: string };
  /** The server of the distributions, whose hosts never leave this process. */
  readonly playback: { readonly server: Server };
  readonly cloudFront: Services["CloudFront"];
}

const signingNames = new Set(Object.values(apis).map(({ signingName }) => signingName));

/** Creates a program's functions, with the credentials and the endpoint by which they reach the services. */
export function createFunctions(graph: Graph, context: FunctionsContext): Functions {
  const { clock, activity, listener, passage, hops, aws, cloudWatchLogs, signals, receivers } = context;
  const { callers, access, invocations, isGuarded } = passage;
  const logs = new FunctionLogs(graph, callers, isGuarded ? access : undefined);
  return new Functions(graph, {
    clock,
    activity,
    invocations,
    endpoint: { url: aws.url, exchange: new Exchange(aws.server), signingNames },
    receivers,
    viewers: {
      exchange: new Exchange(context.playback.server),
      serves: (host) => isDistribution(host, context.cloudFront),
    },
    environmentOf: (name) => ({ AWS_ENDPOINT_URL: aws.url, ...credentialsOf(name) }),
    sendToDestination: (arn, record, name) => hops.sendToDestination(callers.ofFunction(name), arn, record),
    onInvocation: (line) => {
      const dimensions = { FunctionName: line.functionName };
      for (const name of line.error ? ["Invocations", "Errors"] : ["Invocations"]) {
        signals.emit("metric", { namespace: "AWS/Lambda", name, dimensions, value: 1 });
      }
      listener.onInvocation?.(line);
    },
    onLog: (name, line) => {
      if (!logs.takes(name)) return;
      const { logGroupName = `/aws/lambda/${name}` } = context.functions()?.find(name)?.settings ?? {};
      cloudWatchLogs.write(logGroupName, "local", line);
      listener.onLog?.(name, line);
    },
  });
}

/** A host of CloudFront's own, or an alias of one of the program's distributions. */
function isDistribution(host: string, cloudFront: Services["CloudFront"]): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (name.endsWith(".cloudfront.net")) return true;
  return cloudFront.distributionIds().some((id) => textsOf(cloudFront.configOf(id).Aliases).includes(name));
}
