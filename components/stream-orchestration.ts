import * as pulumi from "@pulumi/pulumi";
import {
  eventSource,
  type StreamLifecycleProgressedDetail,
  type StreamProvisionRequestedDetail,
  type StreamStatus,
  streamLifecycleProgressed,
  streamProvisionRequested,
} from "../contracts";
import type { ApiDomainTarget } from "./api/domain";
import { checkArgs } from "./check-args";
import { createResources, nodesOf, outputsOf, type Resources } from "./create-resources";
import { type StreamEventHandler, StreamEventSubscription } from "./events/stream-event-subscription";
import type { PlaybackBehavior, PlaybackOrigin } from "./media/channel-entries";
import type { StreamOrchestrationNodes } from "./nodes";
import type { StreamOrchestrationArgs } from "./stream-orchestration-args";

/** What a component keeps besides its outputs: Pulumi's other languages take every property of the class for an output. */
const parts = new WeakMap<StreamOrchestration, Resources>();

function partsOf(orchestration: StreamOrchestration): Resources {
  const found = parts.get(orchestration);
  if (!found) throw new Error("The component was not constructed.");
  return found;
}

/** The properties of a component that are outputs. */
type Outputs = Omit<
  StreamOrchestration,
  keyof pulumi.ComponentResource | "nodes" | "onLifecycleProgressed" | "onProvisionRequested"
>;

/**
 * Takes live streams on AWS from requested to ready, and undoes what it began when that fails: an HTTP API, Lambdas, the
 * `StreamLifecycleOrchestrator` workflow, an event bus and two tables.
 *
 * @example see `examples/stack.ts`, which is type-checked.
 */
export class StreamOrchestration extends pulumi.ComponentResource {
  /** The API's base URL, without a trailing slash. */
  readonly apiUrl!: pulumi.Output<string>;
  /** With `api.domain`, the API's URL there and what its DNS record has to point at; all empty without. */
  readonly apiDomain!: pulumi.Output<ApiDomainTarget>;
  /** An IAM policy (JSON) for callers of `/streams`, where IAM lets them in: what they need, and nothing more. */
  readonly invokePolicyJson!: pulumi.Output<string>;
  /** The part of `invokePolicyJson` that reads: for a dashboard, say. */
  readonly readPolicyJson!: pulumi.Output<string>;
  /**
   * An IAM policy (JSON) for those who may also see ingest URLs in full, by `GET /ingest/{streamId}`. They may hold stream keys, and everybody
   * else gets them masked.
   */
  readonly ingestPolicyJson!: pulumi.Output<string>;
  /**
   * The endpoint policy (JSON) that lets only the distribution read a MediaPackage v2 endpoint. `Resource` lists the endpoints
   * that the channels' `originPath` names; where none does, put your endpoint's ARN in place of the words in capitals. An endpoint
   * takes its own ARN alone: where several are listed, give each endpoint the policy with its own.
   */
  readonly endpointPolicyJson!: pulumi.Output<string>;
  /** With `playback.update: "none"`, the origin of each channel, for the distribution of your own program; else none. */
  readonly playbackOrigins!: pulumi.Output<PlaybackOrigin[]>;
  /** With `playback.update: "none"`, the behaviour `/<channelId>/*` of each channel, for that distribution; else none. */
  readonly playbackBehaviors!: pulumi.Output<PlaybackBehavior[]>;
  /** The URL of each manifest by its name, with `{streamId}` or `{channelId}` in its path; empty without `playback.manifests`. */
  readonly manifestUrls!: pulumi.Output<{ [name: string]: string }>;
  /** The `StreamLifecycleOrchestrator`. */
  readonly stateMachineArn!: pulumi.Output<string>;
  /** The bus that carries the contract's events. */
  readonly eventBusName!: pulumi.Output<string>;
  /** The same bus, for policies and rules of other stacks. */
  readonly eventBusArn!: pulumi.Output<string>;
  /**
   * The resource policy (JSON) by which the bus takes our events from the component's roles and `events.confirmationPrincipals` alone. A bus of its own has it. Put its
   * statement into the policy of the bus that `events.busName` names.
   */
  readonly eventBusPolicyJson!: pulumi.Output<string>;
  /** The table of attempts. */
  readonly tableName!: pulumi.Output<string>;
  /** The topic that is told of every failed attempt. */
  readonly onCallTopicArn!: pulumi.Output<string>;
  /** The topic that is told of every alarm. */
  readonly alarmTopicArn!: pulumi.Output<string>;
  /** The queue of the events that could not be delivered: `npm run redrive` reads it. */
  readonly deadLetterQueueUrl!: pulumi.Output<string>;

  /**
   * @param name the prefix of every child's name. Child names are a contract: `docs/architecture.md` lists them, for
   * Pulumi's `transforms`.
   * @throws {pulumi.InputPropertiesError} naming every wrong argument, before any resource is registered.
   */
  constructor(name: string, args: StreamOrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    checkArgs(name, args);
    super("stream-orchestration:index:StreamOrchestration", name, {}, opts);
    const resources = createResources(name, args, { parent: this });
    parts.set(this, resources);
    const outputs: Outputs = outputsOf(resources);
    Object.assign(this, outputs);
    this.registerOutputs(outputs);
  }

  /** The component's resources, for TypeScript programs. */
  get nodes(): StreamOrchestrationNodes {
    return nodesOf(partsOf(this));
  }

  /**
   * Calls a handler for every accepted request.
   *
   * @param name the subscription's name; its resources are prefixed with it.
   * @param handler an inline function, or a Lambda function that exists. EventBridge delivers at least once.
   */
  onProvisionRequested(
    name: string,
    handler: StreamEventHandler<StreamProvisionRequestedDetail>,
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<StreamProvisionRequestedDetail> {
    return this.subscribe(name, handler, streamProvisionRequested.detailType, {}, opts);
  }

  /**
   * Calls a handler for the changes of streams' statuses.
   *
   * @param name the subscription's name; its resources are prefixed with it.
   * @param handler an inline function, or a Lambda function that exists. EventBridge delivers at least once, and READY
   * is announced twice: when the stream is confirmed, and with `origin: "orchestrator"` once the workflow has taken note.
   * @param options `statuses`: the statuses wanted; all of them unless told.
   */
  onLifecycleProgressed(
    name: string,
    handler: StreamEventHandler<StreamLifecycleProgressedDetail>,
    options: { statuses?: readonly StreamStatus[] } = {},
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<StreamLifecycleProgressedDetail> {
    const detail = options.statuses ? { detail: { status: options.statuses } } : {};
    return this.subscribe(name, handler, streamLifecycleProgressed.detailType, detail, opts);
  }

  private subscribe<TDetail>(
    name: string,
    handler: StreamEventHandler<TDetail>,
    detailType: string,
    pattern: object,
    opts?: pulumi.ComponentResourceOptions,
  ): StreamEventSubscription<TDetail> {
    const { resources, common } = partsOf(this);
    return new StreamEventSubscription(
      name,
      {
        bus: resources.events,
        description: `${detailType} for ${name}`,
        pattern: { source: [eventSource], "detail-type": [detailType], ...pattern },
        handler,
        ...common,
      },
      pulumi.mergeOptions({ parent: this }, opts),
    );
  }
}
