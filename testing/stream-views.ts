import type { StreamStatus } from "../contracts";
import type { Graph } from "../local/record/graph";
import type { Runtime } from "../local/runtime";
import type { LocalApi } from "./api";
import type { LocalEncoder } from "./encoder";
import type { LocalExecutions } from "./executions";
import type { Journal } from "./journal";
import type { LocalPlayback } from "./playback";
import type { SteppedClock } from "./stepped-clock";
import type { StreamAttempt, StreamLease, StreamPlayback } from "./stream-attempt";
import { eventsAbout, inWords, type StreamEvent } from "./stream-events";
import { findStreamProgram, type StreamProgram } from "./stream-program";
import { StreamReader } from "./stream-reader";
import type { WaitFor } from "./waiting";

/** What streams are read and driven with. */
export interface StreamsOptions {
  readonly graph: Graph;
  readonly services: Runtime["services"];
  readonly api: LocalApi;
  readonly clock: SteppedClock;
  readonly executions: LocalExecutions;
  readonly encoder: LocalEncoder;
  readonly playback: LocalPlayback;
  readonly journal: Journal;
  readonly waitFor: WaitFor;
}

/** What there is of the streams of the program's StreamOrchestration. */
export class StreamViews {
  private readonly reader: StreamReader;
  private found: StreamProgram | undefined;

  constructor(protected readonly options: StreamsOptions) {
    const { services, playback } = options;
    this.reader = new StreamReader(services.DynamoDB, playback, () => this.program);
  }

  /** The names of the StreamOrchestration's resources. */
  get program(): StreamProgram {
    this.found ??= findStreamProgram(this.options.graph);
    return this.found;
  }

  /** @returns a stream's latest attempt, which is the stream; undefined for an unknown one. */
  async get(streamId: string): Promise<StreamAttempt | undefined> {
    return (await this.attempts(streamId)).at(-1);
  }

  /** @returns the same. @throws {Error} for an unknown stream. */
  async latest(streamId: string): Promise<StreamAttempt> {
    const attempt = await this.get(streamId);
    if (!attempt) throw new Error(`No attempt at the stream '${streamId}' is in the table.`);
    return attempt;
  }

  /** @returns a stream's attempts, the first one first. */
  attempts(streamId: string): Promise<StreamAttempt[]> {
    return this.reader.attempts(streamId);
  }

  /** @returns every attempt at every stream, in no order. */
  all(): Promise<StreamAttempt[]> {
    return this.reader.allAttempts();
  }

  /** @returns every lease: those of attempts and sweeps, and the locks of distributions. */
  leases(): Promise<StreamLease[]> {
    return this.reader.leases();
  }

  /** @returns the lease of a stream; undefined where it has none. */
  async lease(streamId: string): Promise<StreamLease | undefined> {
    return (await this.leases()).find((lease) => lease.streamId === streamId);
  }

  /** @returns a stream's entries in the distributions; none where no distribution plays it. */
  async playback(streamId: string): Promise<StreamPlayback[]> {
    return (await this.reader.playbackByStream()).get(streamId) ?? [];
  }

  /** @returns the streams that have an entry in any distribution. */
  async played(): Promise<string[]> {
    return [...(await this.reader.playbackByStream()).keys()];
  }

  /** @returns the events about a stream, or several, that subscribers of the bus saw, in order. */
  events(...streamIds: string[]): StreamEvent[] {
    return eventsAbout(this.options.journal, this.program.eventBusName, streamIds);
  }

  /**
   * The events about a stream, or several, in a few words each, in order.
   *
   * @example
   * expect(local.streams.told("spring-launch").slice(-2)).to.deep.equal(["READY by api", "READY by orchestrator"]);
   */
  told(...streamIds: string[]): string[] {
    return this.events(...streamIds).map(inWords);
  }

  /**
   * Resolves once a stream's latest attempt has a status, or an attempt that is given. No time passes.
   * @throws {WaitError} that tells the stream's history, when nothing more can happen before time passes.
   */
  waitForStatus(streamId: string, status: StreamStatus, attempt?: number): Promise<StreamAttempt> {
    const which = attempt === undefined ? "" : `attempt ${attempt} of `;
    return this.options.waitFor({
      what: `${which}the stream '${streamId}' to be ${status}`,
      find: async () => {
        const attempts = await this.attempts(streamId);
        const found =
          attempt === undefined ? attempts.at(-1) : attempts.find((one) => one.attempt === attempt);
        return found?.status === status ? found : undefined;
      },
      happened: async () => (await this.attempts(streamId)).flatMap(historyOf),
    });
  }
}

function historyOf({ attempt, history }: StreamAttempt): string[] {
  return history.map(
    ({ status, at, origin, reason }) =>
      `attempt ${attempt} became ${status} at ${at}, by ${origin}${reason === undefined ? "" : `: ${reason}`}`,
  );
}
