import type { CreateStreamWorkflowRequest, StreamStatus } from "../../../contracts";
import type { JsonObject } from "../../../local/json";
import { resourcesOfType } from "../../../local/record/graph";
import { type Local, type LocalExecution, type LocalOptions, startLocal } from "../../../testing";
import { program } from "../../support/root";
import { aRequest } from "./requests";

/** What a call answers whose permission was taken away: no retry mends it. */
export const denied = { code: "AccessDeniedException", message: "Not authorized." };

/** The program on a stepped clock, and what its users do with it. */
export class Stage {
  private constructor(readonly local: Local) {}

  static async open(config: LocalOptions["config"] = {}, options: LocalOptions = {}): Promise<Stage> {
    return new Stage(await startLocal(program, { ...options, config }));
  }

  request(streamId: string, changes: Partial<CreateStreamWorkflowRequest> = {}): CreateStreamWorkflowRequest {
    return { ...aRequest(streamId), ...changes };
  }

  async post(streamId: string, changes: Partial<CreateStreamWorkflowRequest> = {}): Promise<number> {
    const { status } = await this.local.api("/streams", { json: this.request(streamId, changes) });
    await this.local.settled();
    return status;
  }

  async put(streamId: string, status: StreamStatus): Promise<number> {
    const answer = await this.local.api("/streams", { method: "PUT", json: { streamId, status } });
    await this.local.settled();
    return answer.status;
  }

  /** Requests a stream, and waits until its workflow waits for the confirmation and its channel runs. */
  async provision(streamId: string): Promise<void> {
    await this.post(streamId);
    await this.local.executions.waitForState(streamId, "AwaitLifecycleConfirmation");
    await this.local.clock.advance({ seconds: 5 });
  }

  /** Takes a stream to READY. */
  async makeReady(streamId: string): Promise<void> {
    await this.provision(streamId);
    await this.put(streamId, "READY");
    await this.local.executions.waitFor(streamId);
  }

  /** Stops an execution, as an operator does. @param options `settles`: whether to wait for what comes of it. */
  async stop(streamId: string, { settles = true } = {}): Promise<void> {
    const execution = this.local.executions.get(streamId);
    await this.local.runtime.services.StepFunctions.call("StopExecution", {
      executionArn: execution?.arn ?? "",
      cause: "The operator has had enough.",
    });
    if (settles) await this.local.settled();
  }

  async item(streamId: string): Promise<JsonObject> {
    return (await this.local.streams.get(streamId)) as unknown as JsonObject;
  }

  /** The leases of attempts and of the sweep, by channel; the turn at the distribution is none. */
  async leases(): Promise<Record<string, string>> {
    const [table] = resourcesOfType(this.local.runtime.graph, "aws:dynamodb/table:Table").filter(
      ({ inputs }) => inputs.hashKey === "channelId",
    );
    const { Items } = await this.local.runtime.services.DynamoDB.call("Scan", {
      TableName: String(table?.outputs.name),
    });
    const items = Items as { channelId: { S: string }; leasedBy: { S: string } }[];
    return Object.fromEntries(items.map(({ channelId, leasedBy }) => [channelId.S, leasedBy.S]));
  }

  /** The behaviours in the distribution that are streams'. */
  async playback(): Promise<readonly string[]> {
    return (await this.local.playback.get("E2QWRUHAPOMQZL")).patterns;
  }

  /** The one-shot schedules that are there. */
  async schedules(): Promise<string[]> {
    const { Schedules } = await this.local.runtime.services.Scheduler.call("ListSchedules", {});
    return (Schedules as { Name: string }[])
      .map(({ Name }) => Name)
      .filter((name) => /^[0-9a-f]{64}$/.test(name));
  }

  /** Has the calls of an action take a second, of which others make use. @returns how to end that. */
  slowDown(service: string, action: string): () => void {
    const { clock, gate } = this.local;
    return gate.use(async (call, proceed) => {
      if (call.service === service && call.action === action) await clock.wait(1000);
      return proceed();
    });
  }

  /** The executions of a state machine, by its name. */
  executions(machine: string): LocalExecution[] {
    return this.local.executions.all().filter(({ arn }) => arn.includes(`-${machine}-`));
  }

  /** What the bus was told of a stream: `requested`, or status and origin. */
  told(streamId: string): string[] {
    return this.local.events
      .all(({ detail }) => (detail as JsonObject).streamId === streamId)
      .map(({ event }) => {
        const { status, origin } = event.detail as JsonObject;
        return status === undefined ? "requested" : `${String(status)} by ${String(origin)}`;
      });
  }

  /** The subjects of what on-call and the alarms' subscribers got. */
  messages(): string[] {
    return this.local.notifications.all().map(({ subject }) => String(subject));
  }
}

/** A stage for the tests of a `describe`. */
export function useStage(config: LocalOptions["config"] = {}): {
  readonly stage: Stage;
  readonly local: Local;
} {
  let stage: Stage | undefined;
  const open = () => {
    if (!stage) throw new Error("The stage is not open yet.");
    return stage;
  };
  before(async () => {
    stage = await Stage.open(config);
  });
  after(() => stage?.local.stop());
  afterEach(() => stage?.local.faults.clear());
  return {
    get stage() {
      return open();
    },
    get local() {
      return open().local;
    },
  };
}
