import type { Interceptor } from "../../local/calls/calls";
import { givenName, nameOfArn } from "../../local/faults/named";
import { isJsonObject } from "../../local/json";
import type { DeliveryInterceptor } from "../../local/wiring/deliveries";
import { checkAll } from "./checks";
import type { Finding } from "./guarantees";
import type { Journey } from "./journeys";
import {
  type CallRecord,
  callPlaces,
  type DeliveryRecord,
  deliveryPlaces,
  type Phase,
  type Place,
} from "./sites";
import { Story } from "./story";
import type { World } from "./world";

/** How a journey goes when nothing is in its way. */
export interface CleanRun {
  readonly places: readonly Place[];
  /** What was done to the stream, in order. */
  readonly acts: readonly string[];
  /** The status of each attempt at its end. */
  readonly ended: string;
  readonly findings: readonly Finding[];
}

/** Goes a way without a fault, and takes note of everything that could have gone wrong on it. */
export async function record(world: World, journey: Journey): Promise<CleanRun> {
  await world.beginCase();
  const story = new Story(world, world.nextStreamId());
  const recorder = new Recorder(story);
  await journey.play(story);
  await world.endJourney();
  recorder.beginPhase("sweep");
  await world.rest(1);
  recorder.stop();
  await world.rest(1);
  const { leavesLetters, raisesAlarms } = journey;
  const circumstances = { passes: true, isQuiet: !raisesAlarms && !leavesLetters, leavesLetters };
  const findings = [...(await checkAll(story, circumstances)), ...((await journey.check?.(story)) ?? [])];
  const ended = await endOf(story);
  await world.wipe(story.streamId, ...story.others);
  return {
    places: [...callPlaces(recorder.calls()), ...deliveryPlaces(recorder.deliveries)],
    acts: story.acts,
    ended,
    findings,
  };
}

/** Takes note of calls and deliveries. */
class Recorder {
  readonly deliveries: DeliveryRecord[] = [];
  private readonly made: (CallRecord & { readonly invocationId: string | undefined })[] = [];
  private readonly removals: (() => void)[];
  private phase: Phase = "journey";

  constructor({ world, acts }: Story) {
    const when = () => ({ acts: acts.length + (this.phase === "sweep" ? 1 : 0), phase: this.phase });
    const { gate, runtime } = world.local;
    const onCall: Interceptor = (call, proceed) => {
      const { kind: callerKind, invocationId, name } = call.caller;
      const caller = givenName(name);
      const site = callerKind === "state-machine" ? `.${world.watch.calling.get(caller)}` : "";
      const { service, action } = call;
      this.made.push({ callerKind, caller, service, action, site, invocationId, ...when() });
      return proceed();
    };
    const onDelivery: DeliveryInterceptor = ({ targetArn, event }, proceed) => {
      const type = isJsonObject(event) ? event["detail-type"] : undefined;
      const detailType = typeof type === "string" ? type : undefined;
      this.deliveries.push({ target: givenName(nameOfArn(targetArn)), detailType, ...when() });
      return proceed();
    };
    this.removals = [gate.use(onCall), runtime.deliveries.use(onDelivery)];
  }

  beginPhase(phase: Phase): void {
    this.phase = phase;
  }

  stop(): void {
    for (const remove of this.removals) remove();
  }

  /** Each call; those of functions with what their invocation had called before. */
  calls(): CallRecord[] {
    return this.made.map(({ invocationId, ...call }, index) => {
      if (call.callerKind !== "function") return call;
      const before = this.made.slice(0, index).filter((other) => other.invocationId === invocationId);
      const actions = before.map(({ action }) => action).filter((action, at, all) => action !== all[at - 1]);
      return { ...call, site: actions.length > 0 ? ` after ${actions.join(", ")}` : "" };
    });
  }
}

/** @returns the status of each attempt at a stream, and of its execution. */
export async function endOf(story: Story): Promise<string> {
  const executions = story.executions();
  const attempts = await story.attempts();
  return attempts
    .map(({ status, executionArn }) => {
      const execution = executions.find(({ arn }) => arn === executionArn);
      return `${status} (execution ${execution?.status ?? "unknown"})`;
    })
    .join(", ");
}
