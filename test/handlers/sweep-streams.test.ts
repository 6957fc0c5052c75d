import { expect } from "chai";
import { createSweepStreams } from "../../handlers/sweep-streams";
import event from "./fixtures/execution-event.json";
import { takeTurn } from "./support/distribution-lock";
import { awsError, fakeBus, interceptedClient } from "./support/fakes";
import { aRequest } from "./support/http-events";
import { fakeRecoverer, type GivenRecoverer, teardownStateMachineArn } from "./support/recoverer";
import { executionArn, stateMachineArn, useTables } from "./support/tables";

const now = "2027-03-20T18:00:00.000Z";
const settled = "2027-03-20T17:58:59.999Z";
const fresh = "2027-03-20T17:59:00.000Z";
/** A lease of a sweep is dead when it is older than this. */
const tenMinutesAgo = "2027-03-20T17:50:00.000Z";
const me = "arn:aws:states:eu-west-1:111122223333:execution:sweep:1";
const request = event.detail.input;
const lateSweep = { channelId: "1000001", leasedBy: `${me}-before`, leasedAt: settled, purpose: "sweep" };

describe("the sweep", () => {
  const tables = useTables();

  /** @param ended the state of executions by name; all others run. */
  function setUp({
    ended = {},
    maxLiveHours = 12,
    channels = ["1000001", "1000002"],
    ...given
  }: Partial<GivenRecoverer> & {
    ended?: Record<string, string>;
    maxLiveHours?: number;
    channels?: string[];
  } = {}) {
    const described: string[] = [];
    const pages: Record<string, unknown>[] = [];
    let atOnce = 0;
    let mostAtOnce = 0;
    const sfn = {
      /** Two executions with each page. */
      ListExecutions: async (input: Record<string, unknown>) => {
        pages.push(input);
        const arns = (await tables.attempts()).map(({ executionArn }) => executionArn);
        const running = [...new Set(arns)].filter((arn) => !(String(arn.split(":").at(-1)) in ended));
        const start = Number(input.nextToken ?? 0);
        const executions = running.slice(start, start + 2).map((executionArn) => ({ executionArn }));
        return { executions, ...(running.length > start + 2 && { nextToken: String(start + 2) }) };
      },
      DescribeExecution: async (input: Record<string, unknown>) => {
        mostAtOnce = Math.max(mostAtOnce, ++atOnce);
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        const name = String(input.executionArn).split(":").at(-1) ?? "";
        described.push(name);
        const status = ended[name] ?? "RUNNING";
        if (status === "GONE") throw awsError("ExecutionDoesNotExist");
        if (status === "DOWN") throw awsError("ThrottlingException");
        const startDate = new Date(event.detail.startDate);
        return { status, startDate, ...(name === "spring-launch_1" && { input: request }) };
      },
    };
    const { recoverer, ...seen } = fakeRecoverer(tables, { now, sfn, ...given });
    const handle = createSweepStreams({ ...recoverer, stateMachineArn, maxLiveHours });
    const summary = () =>
      handle({
        execution: { id: me, name: "1", startTime: now },
        channels: channels.map((channelId) => ({ channelId })),
      });
    /** The summary with nothing but the ids of the free channels. */
    const sweep = async () => {
      const { freeChannels, unowned, lateEntries: _, ...rest } = await summary();
      expect(unowned).to.deep.equal([]);
      return { ...rest, free: freeChannels.map(({ channelId }) => channelId) };
    };
    return { sweep, summary, described, pages, most: () => mostAtOnce, ...seen };
  }

  const nothing = { recovered: 0, republished: 0, tornDown: 0, returned: 0 };
  const complete = { status: "COMPLETE", readyAt: "2027-03-20T17:10:00.000Z" } as const;
  const inputsOf = (teardowns: unknown[]) => teardowns.map((each) => (each as { input: object }).input);

  describe("for statuses that nobody has announced", () => {
    const history = [
      { status: "PROVISIONING" as const, at: "2027-03-20T17:00:00.000Z", origin: "orchestrator" },
      { status: "READY" as const, reason: "Picture is there.", at: settled, origin: "api" },
    ];

    it("announces them once they are a minute old", async () => {
      await tables.putAttempt({ status: "READY", history, unpublishedSince: settled, updatedAt: fresh });
      const { sweep, bus } = setUp();
      expect(await sweep()).to.include({ ...nothing, republished: 1 });
      expect(bus.details).to.deep.equal([
        {
          streamId: "spring-launch",
          status: "READY",
          reason: "Picture is there.",
          occurredAt: settled,
          attempt: 1,
          origin: "api",
        },
      ]);
      expect((await tables.attempts())[0]).not.to.have.property("unpublishedSince");
      const second = setUp();
      expect(await second.sweep()).to.include(nothing);
      expect(second.bus.details).to.deep.equal([]);
    });

    it("announces of several changes in one millisecond those that are not announced, and keeps no mark", async () => {
      const at = settled;
      const all = (["PROVISIONING", "READY", "LIVE", "COMPLETE"] as const).map((status) => ({
        ...{ status, at, origin: "api" },
      }));
      await tables.putAttempt({
        ...{ status: "COMPLETE", history: all, updatedAt: fresh },
        ...{ unpublishedSince: settled, unpublished: new Set(["READY", "COMPLETE"] as const) },
      });
      const { sweep, bus } = setUp();
      expect(await sweep()).to.include({ ...nothing, republished: 2 });
      expect(bus.details.map((detail) => (detail as { status: string }).status)).to.deep.equal([
        "READY",
        "COMPLETE",
      ]);
      expect((await tables.attempts())[0]).not.to.have.any.keys("unpublishedSince", "unpublished");
    });

    it("leaves younger ones to their writers", async () => {
      const young = [{ status: "READY" as const, at: fresh, origin: "api" }];
      const given = { history: young, unpublishedSince: fresh, updatedAt: fresh };
      const before = await tables.putAttempt({ status: "READY", ...given });
      const { sweep, bus } = setUp();
      expect(await sweep()).to.include(nothing);
      expect(bus.details).to.deep.equal([]);
      expect(await tables.attempts()).to.deep.equal([before]);
    });

    it("passes over an attempt that is gone from the table, and still in the index", async () => {
      await tables.putAttempt({ status: "READY", history, unpublishedSince: settled, updatedAt: fresh });
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) =>
        action === "GetItem" ? {} : pass(),
      );
      const { sweep, bus } = setUp({ dynamodb });
      expect(await sweep()).to.include({ ...nothing, problem: null });
      expect(bus.details).to.deep.equal([]);
    });

    it("goes by the table where the index is behind it", async () => {
      await tables.putAttempt({ status: "READY", history, unpublishedSince: settled, updatedAt: fresh });
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        const answer = await pass();
        if (action === "Scan" && input.IndexName !== undefined) {
          await tables.putAttempt({ status: "READY", history, updatedAt: fresh });
        }
        return answer;
      });
      const { sweep, bus } = setUp({ dynamodb });
      await sweep();
      expect(bus.details).to.deep.equal([]);
    });

    it("keeps a mark that a later change has made its own", async () => {
      await tables.putAttempt({ status: "READY", history, unpublishedSince: settled, updatedAt: fresh });
      const live = { status: "LIVE" as const, at: now, origin: "api" };
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "UpdateItem" && String(input.UpdateExpression).startsWith("REMOVE")) {
          const changed = { unpublishedSince: settled, updatedAt: now, history: [...history, live] };
          await tables.putAttempt({ status: "LIVE", ...changed });
        }
        return pass();
      });
      await setUp({ dynamodb }).sweep();
      expect((await tables.attempts())[0]).to.include({ unpublishedSince: settled });
    });

    it("finds all of them, page by page", async () => {
      for (let index = 0; index < 7; index++) {
        const streamId = `stream-${index}`;
        await tables.putAttempt({ streamId, status: "COMPLETE", history, unpublishedSince: settled });
      }
      const dynamodb = interceptedClient(tables.dynamodb, async ({ input, action }, pass) => {
        if (action === "Scan" || action === "Query") input.Limit = 2;
        return pass();
      });
      expect(await setUp({ dynamodb }).sweep()).to.include({ republished: 7 });
    });
  });

  describe("for attempts whose execution has ended", () => {
    for (const [status, execution] of [
      ["PROVISIONING", "ABORTED"],
      ["READY", "TIMED_OUT"],
      ["LIVE", "FAILED"],
      ["PROVISIONING", "GONE"],
    ] as const) {
      it(`recovers one that is ${status} while its execution is ${execution}`, async () => {
        await tables.putLease({});
        await tables.putAttempt({ status, request, ownsChannel: true });
        const { sweep, bus, messages, teardowns } = setUp({ ended: { "spring-launch_1": execution } });
        expect(await sweep()).to.deep.equal({
          recovered: 1,
          republished: 1,
          tornDown: 1,
          returned: 0,
          free: ["1000002"],
          playing: [],
          problem: null,
        });
        expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
        expect(bus.details).to.have.length(1);
        expect(messages).to.have.length(1);
        expect(teardowns, "one, though its lease is seen too").to.have.length(1);
      });
    }

    it("leaves those alone that run, that were changed just now, and that are ready", async () => {
      const ended = { gone: "ABORTED", ready: "SUCCEEDED", done: "FAILED" };
      await tables.putAttempt({ streamId: "running" });
      await tables.putAttempt({ streamId: "young", executionArn: executionArn("gone"), updatedAt: fresh });
      const ready = { executionArn: executionArn("ready"), readyAt: settled };
      await tables.putAttempt({ streamId: "ready", status: "READY", ...ready });
      await tables.putAttempt({ streamId: "done", status: "FAILED", executionArn: executionArn("done") });
      const before = await tables.attempts();
      const { sweep, described } = setUp({ ended });
      expect(await sweep()).to.include(nothing);
      expect(await tables.attempts()).to.deep.equal(before);
      expect(described).to.deep.equal([]);
    });

    it("makes no more calls for a hundred scheduled starts than for three, but for the pages of a list", async () => {
      const calls: number[] = [];
      for (const count of [1, 3, 100]) {
        while ((await tables.attempts()).length < count) {
          const name = `scheduled-${(await tables.attempts()).length}`;
          await tables.putAttempt({
            streamId: name,
            executionArn: executionArn(`${name}_1`),
            heldUntil: "2028-01-01T00:00:00.000Z",
          });
        }
        let reads = 0;
        const dynamodb = interceptedClient(tables.dynamodb, (_call, pass) => {
          reads += 1;
          return pass();
        });
        const { sweep, described, pages } = setUp({ dynamodb });
        expect(await sweep()).to.include({ ...nothing, problem: null });
        expect(described).to.deep.equal([]);
        expect(pages).to.have.length(Math.ceil(count / 2));
        expect(pages[0]).to.include({ stateMachineArn, statusFilter: "RUNNING", maxResults: 1000 });
        calls.push(reads);
      }
      expect(new Set(calls).size, calls.join()).to.equal(1);
    });

    it("looks at no execution where no attempt is under way", async () => {
      const { sweep, pages } = setUp();
      await sweep();
      expect(pages).to.deep.equal([]);
    });

    it("finds all of them, page by page, and looks at five executions at once at most", async () => {
      const ended: Record<string, string> = {};
      for (let index = 0; index < 23; index++) {
        const name = `stream-${index}_1`;
        ended[name] = "ABORTED";
        const attempt = { streamId: `stream-${index}`, executionArn: executionArn(name) };
        await tables.putAttempt({ ...attempt, ownsChannel: true });
      }
      const dynamodb = interceptedClient(tables.dynamodb, async ({ input, action }, pass) => {
        if (action === "Query" && input.IndexName !== undefined) input.Limit = 4;
        return pass();
      });
      const { sweep, most, bus, messages } = setUp({ dynamodb, ended });
      expect(await sweep()).to.include({ recovered: 23, republished: 23 });
      expect([bus.details.length, messages.length]).to.deep.equal([23, 23]);
      expect(most()).to.equal(5);
    });

    it("leaves one alone that waits for its redrive", async () => {
      const before = await tables.putAttempt({});
      const { sweep } = setUp({ ended: { "spring-launch_1": "PENDING_REDRIVE" } });
      expect(await sweep()).to.include(nothing);
      expect(await tables.attempts()).to.deep.equal([before]);
    });
  });

  describe("for leases", () => {
    const ended = { "spring-launch_1": "SUCCEEDED" };

    it("has an ended attempt undone that still has one", async () => {
      await tables.putLease({});
      await tables.putAttempt(complete);
      const { sweep, teardowns } = setUp({ ended });
      expect(await sweep()).to.include({ ...nothing, tornDown: 1 });
      expect(teardowns).to.deep.equal([
        {
          stateMachineArn: teardownStateMachineArn,
          input: {
            streamId: "spring-launch",
            attempt: 1,
            channelId: "1000001",
            reason: "The attempt has ended, and its channel is still leased.",
          },
        },
      ]);
      expect(await tables.leases()).to.have.length(1);
    });

    it("leaves an ended attempt to its workflow while that runs", async () => {
      await tables.putLease({});
      await tables.putAttempt(complete);
      const { sweep, teardowns } = setUp();
      expect(await sweep()).to.include(nothing);
      expect(teardowns).to.deep.equal([]);
    });

    for (const [name, teardown, count] of [
      ["is under way", { status: "RUNNING", startedAt: "2027-03-20T17:00:00.001Z" }, 0],
      ["has died", { status: "RUNNING", startedAt: "2027-03-20T17:00:00.000Z" }, 1],
      [
        "failed within ten minutes",
        { status: "INCOMPLETE", startedAt: "2027-03-20T17:00:00.000Z", endedAt: "2027-03-20T17:50:00.001Z" },
        0,
      ],
      [
        "failed ten minutes ago",
        { status: "INCOMPLETE", startedAt: "2027-03-20T17:00:00.000Z", endedAt: "2027-03-20T17:50:00.000Z" },
        1,
      ],
    ] as const) {
      it(`starts ${count} teardowns where the last one ${name}`, async () => {
        await tables.putLease({});
        await tables.putAttempt({ ...complete, teardown: { executionArn: "x", ...teardown } });
        const { sweep, teardowns } = setUp({ ended });
        await sweep();
        expect(teardowns).to.have.length(count);
      });
    }

    for (const [graceUntil, count] of [
      ["2027-03-20T18:00:00.001Z", 0],
      ["2027-03-20T18:00:00.000Z", 1],
    ] as const) {
      it(`starts ${count} teardowns where viewers may watch until ${graceUntil}`, async () => {
        await tables.putLease({});
        await tables.putAttempt({ ...complete, graceUntil });
        const { sweep, teardowns } = setUp({ ended });
        await sweep();
        expect(teardowns).to.have.length(count);
      });
    }

    for (const status of ["READY", "LIVE"] as const) {
      it(`names an attempt that is ${status}, with what its playback entry is made of`, async () => {
        await tables.putLease({});
        await tables.putAttempt({ status, readyAt: settled });
        const playing = {
          request: { streamId: "spring-launch" },
          attempt: 1,
          originId: null,
          distributionId: null,
        };
        const channel = { channelId: "1000001", originDomainName: null, originPath: "" };
        const known = await setUp().sweep();
        expect(known.playing).to.deep.equal([{ ...playing, channel }]);
        const unknown = await setUp({ channels: ["1000002"] }).sweep();
        expect(unknown.playing).to.deep.equal([{ ...playing, channel: null }]);
        await tables.putLease({ distributionId: "E1" });
        const elsewhere = await setUp().sweep();
        expect(elsewhere.playing).to.deep.equal([{ ...playing, channel, distributionId: "E1" }]);
      });
    }

    it("names no attempt whose workflow has yet to make it ready, and none that is overdue", async () => {
      await tables.putLease({});
      await tables.putAttempt({ status: "READY" });
      expect((await setUp().sweep()).playing).to.deep.equal([]);
      await tables.putAttempt({ status: "READY", readyAt: "2027-03-20T05:00:00.000Z" });
      expect((await setUp().sweep()).playing).to.deep.equal([]);
    });

    it("records an attempt that died before its item, and gives its lease back", async () => {
      await tables.putLease({});
      const { sweep, teardowns } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
      expect(await sweep()).to.deep.equal({
        recovered: 1,
        republished: 1,
        tornDown: 0,
        returned: 1,
        free: ["1000001", "1000002"],
        playing: [],
        problem: null,
      });
      expect(teardowns).to.deep.equal([]);
      expect((await tables.attempts())[0]).to.include({ status: "FAILED" });
    });

    it("does not count one that another has given back meanwhile", async () => {
      await tables.putLease({ channelId: "1000002" });
      await tables.putAttempt({ ...complete, channelId: "1000001" });
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "DeleteItem") await tables.removeLease("1000002");
        return pass();
      });
      const { sweep } = setUp({ dynamodb, ended: { "spring-launch_1": "SUCCEEDED" } });
      expect(await sweep()).to.include({ ...nothing, problem: null });
      expect(await tables.leases()).to.deep.equal([]);
    });

    for (const [name, lease, execution] of [
      ["whose execution is about to write its item", {}, "RUNNING"],
      ["that is younger than a minute", { leasedAt: fresh }, "ABORTED"],
    ] as const) {
      it(`leaves one alone ${name}`, async () => {
        await tables.putLease(lease);
        const { sweep } = setUp({ ended: { "spring-launch_1": execution } });
        expect(await sweep()).to.deep.equal({ ...nothing, playing: [], free: ["1000002"], problem: null });
      });
    }

    const nowSeconds = Date.parse(now) / 1000;
    for (const [name, lease] of [
      ["that has expired", { expiresAt: nowSeconds - 1 }],
      ["of an earlier release that is older than ten minutes", { leasedAt: "2027-03-20T17:49:59.999Z" }],
    ] as const) {
      it(`removes one of a sweep ${name}, whatever became of that sweep`, async () => {
        await tables.putLeaseItem({ ...lateSweep, ...lease });
        const { sweep, described } = setUp();
        expect(await sweep()).to.deep.include({ ...nothing, returned: 1, free: ["1000001", "1000002"] });
        expect(await tables.leases()).to.deep.equal([]);
        expect(described).to.deep.equal([]);
      });
    }

    for (const [name, lease] of [
      ["that counts still", { expiresAt: nowSeconds }],
      ["of an earlier release that is ten minutes old", { leasedAt: tenMinutesAgo }],
    ] as const) {
      it(`leaves one of a sweep alone ${name}`, async () => {
        await tables.putLeaseItem({ ...lateSweep, ...lease });
        expect(await setUp().sweep()).to.include({ ...nothing, problem: null });
        expect(await tables.leases()).to.deep.equal([{ ...lateSweep, ...lease }]);
      });
    }

    it("leaves one alone that its sweep has taken again in that moment", async () => {
      const expired = { ...lateSweep, expiresAt: nowSeconds - 1 };
      const taken = { ...lateSweep, leasedAt: now, expiresAt: nowSeconds + 240 };
      await tables.putLeaseItem(expired);
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "DeleteItem") await tables.putLeaseItem(taken);
        return pass();
      });
      expect(await setUp({ dynamodb }).sweep()).to.include({ ...nothing, problem: null });
      expect(await tables.leases()).to.deep.equal([taken]);
    });

    for (const [name, given] of [
      ["as the workflow writes it", {}],
      ["as an earlier version wrote it", { leasedAt: settled }],
    ] as const) {
      it(`never touches the turn at the distribution, ${name}`, async () => {
        await takeTurn(tables, executionArn("spring-launch_1"), settled);
        const [written] = await tables.leases();
        expect(written).to.include({ channelId: "distribution/E1" });
        const turn = { ...written, ...given };
        await tables.putLeaseItem(turn);
        const { sweep, described } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
        expect(await sweep()).to.include({ ...nothing, problem: null });
        expect(await tables.leases()).to.deep.include(turn);
        expect(described).to.deep.equal([]);
      });
    }

    describe("on a channel that the attempt never claimed", () => {
      const leased = { channelId: "1000002" };
      const failure = { state: "HandleProvisionFailure", error: "States.Timeout", cause: "" };

      for (const item of [
        complete,
        { status: "FAILED", failure },
        { status: "LIVE", readyAt: settled },
        { status: "LIVE", readyAt: "2027-03-20T05:00:00.000Z" },
      ] as const) {
        it(`gives it back, and starts nothing: ${JSON.stringify(item)}`, async () => {
          await tables.putLease(leased);
          await tables.putAttempt(item);
          const { sweep, teardowns } = setUp({ ended });
          expect(await sweep()).to.deep.equal({
            ...nothing,
            returned: 1,
            free: ["1000001", "1000002"],
            playing: [],
            problem: null,
          });
          expect(teardowns).to.deep.equal([]);
        });
      }

      it("leaves it to a workflow that runs", async () => {
        await tables.putLease(leased);
        await tables.putAttempt({ status: "READY", readyAt: settled });
        expect(await setUp().sweep()).to.deep.equal({
          ...nothing,
          playing: [],
          free: ["1000001"],
          problem: null,
        });
      });

      it("has the claimed one undone", async () => {
        await tables.putLease({});
        await tables.putLease(leased);
        await tables.putAttempt(complete);
        const { sweep, teardowns } = setUp({ ended });
        expect(await sweep()).to.include({ ...nothing, returned: 1, tornDown: 1 });
        expect(inputsOf(teardowns)[0]).to.include({ channelId: "1000001" });
      });
    });

    describe("of an attempt whose FAILED nobody has handled", () => {
      const history = [{ status: "FAILED" as const, reason: "No signal.", at: settled, origin: "api" }];
      const failed = { status: "FAILED", history, ownsChannel: true, taskToken: "token" } as const;

      it("records the failure, tells on-call and has the attempt undone", async () => {
        await tables.putLease({});
        await tables.putAttempt(failed);
        const { sweep, teardowns, messages, bus } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
        expect(await sweep()).to.include({ ...nothing, recovered: 1, tornDown: 1 });
        const [attempt] = await tables.attempts();
        expect(attempt?.failure?.error).to.equal("ExecutionAborted");
        expect(attempt?.history).to.deep.equal(history);
        expect(attempt).not.to.have.property("taskToken");
        expect([teardowns.length, messages.length, bus.details]).to.deep.equal([1, 1, []]);
        const second = setUp({ ended: { "spring-launch_1": "ABORTED" } });
        expect(await second.sweep()).to.include({ ...nothing, tornDown: 1 });
        expect(second.messages).to.deep.equal([]);
      });

      it("does so once where the execution has two leases", async () => {
        await tables.putLease({});
        await tables.putLease({ channelId: "1000002" });
        await tables.putAttempt(failed);
        const { sweep, teardowns, messages } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
        expect(await sweep()).to.include({ ...nothing, recovered: 1, tornDown: 1, returned: 1 });
        expect([teardowns.length, messages.length]).to.deep.equal([1, 1]);
      });

      it("has it undone, and nothing more, where the stream was ready before", async () => {
        await tables.putLease({});
        await tables.putAttempt({ ...failed, readyAt: settled });
        const { sweep, messages } = setUp({ ended });
        expect(await sweep()).to.include({ ...nothing, tornDown: 1 });
        expect(messages).to.deep.equal([]);
        expect((await tables.attempts())[0]).not.to.have.property("failure");
        const teardown = { status: "INCOMPLETE", executionArn: "x", startedAt: settled } as const;
        await tables.putAttempt({ ...failed, readyAt: settled, teardown });
        expect(await setUp({ ended }).sweep(), "that failed a moment ago").to.include(nothing);
      });
    });

    describe("of a stream that nobody has ended", () => {
      const reason = "The stream was ready 12 hours ago, and nobody has ended it.";

      for (const status of ["READY", "LIVE"] as const) {
        it(`ends one that is ${status} once its time is up`, async () => {
          await tables.putLease({});
          await tables.putAttempt({ status, readyAt: "2027-03-20T05:59:59.999Z" });
          const { sweep, teardowns } = setUp({ ended });
          expect(await sweep()).to.include({ ...nothing, tornDown: 1 });
          expect(inputsOf(teardowns)).to.deep.equal([
            { streamId: "spring-launch", attempt: 1, channelId: "1000001", overdue: true, reason },
          ]);
          expect((await tables.attempts())[0], "that is for StreamTeardown").to.include({ status });
        });
      }

      for (const [name, readyAt, maxLiveHours] of [
        ["in its time", "2027-03-20T06:00:00.000Z", 12],
        ["without a limit", "2027-01-20T06:00:00.000Z", 0],
      ] as const) {
        it(`leaves one alone ${name}`, async () => {
          await tables.putLease({});
          await tables.putAttempt({ status: "LIVE", readyAt });
          expect(await setUp({ ended, maxLiveHours }).sweep()).to.include(nothing);
        });
      }

      it("leaves one alone whose workflow has yet to make it ready, though its endTime has come", async () => {
        await tables.putLease({});
        const request = JSON.stringify({ ...aRequest(), endTime: "2027-03-20T17:30:00Z" });
        await tables.putAttempt({ ownsChannel: true, request });
        expect(await setUp({}).sweep()).to.include(nothing);
      });

      it("does not start a second teardown of it", async () => {
        await tables.putLease({});
        const teardown = { status: "RUNNING", executionArn: "x", startedAt: settled } as const;
        await tables.putAttempt({ status: "LIVE", readyAt: "2027-03-20T05:00:00.000Z", teardown });
        expect(await setUp({ ended }).sweep()).to.include(nothing);
      });
    });
  });

  describe("for channels that nobody has leased", () => {
    it("names them for the workflow to look at, in the pool's order, and leases none", async () => {
      await tables.putLease({ channelId: "2" });
      await tables.putAttempt({});
      const { summary } = setUp({ channels: ["1", "2", "3"] });
      const nothingStarted = { startedAt: null, startIsSettled: false };
      expect((await summary()).freeChannels).to.deep.equal([
        { channelId: "1", ...nothingStarted },
        { channelId: "3", ...nothingStarted },
      ]);
      expect((await tables.leases()).map(({ channelId }) => channelId)).to.deep.equal(["2"]);
    });

    it("names one that another sweep looks at: the workflow finds out whether that still has it", async () => {
      await tables.putLeaseItem({ ...lateSweep, expiresAt: Date.parse(now) / 1000 + 100 });
      expect((await setUp().sweep()).free).to.deep.equal(["1000001", "1000002"]);
    });
  });

  describe("for starts that may have taken effect late", () => {
    const record = { channelId: "start/1000001", startedBy: executionArn("spring-launch_1") };
    const first = async () => (await setUp().summary()).freeChannels[0];

    it("names the channel, and says when its start would have taken effect", async () => {
      const channelId = "1000001";
      const startedAt = "2027-03-20T17:30:00.000Z";
      await tables.putLeaseItem({ ...record, startedAt });
      expect(await first()).to.deep.equal({ channelId, startedAt, startIsSettled: false });
      await tables.putLeaseItem({ ...record, startedAt: "2027-03-20T17:29:59.000Z" });
      expect(await first()).to.include({ channelId, startIsSettled: true });
    });

    it("leaves a channel alone that a stream has", async () => {
      await tables.putAttempt({ status: "READY", readyAt: fresh });
      await tables.putLease({});
      await tables.putLeaseItem({ ...record, startedAt: settled });
      expect(await first()).to.deep.equal({ channelId: "1000002", startedAt: null, startIsSettled: false });
    });

    it("takes a record for no lease, and looks for no execution of it", async () => {
      await tables.putLeaseItem({ ...record, startedAt: settled });
      const { sweep, described } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
      expect(await sweep()).to.include({ ...nothing, problem: null });
      expect(described).to.deep.equal([]);
    });

    it("removes a record of days ago, which tells nothing any more", async () => {
      await tables.putLeaseItem({ ...record, startedAt: "2027-03-18T17:29:00.000Z" });
      expect(await first()).to.deep.include({ channelId: "1000001", startedAt: null });
      expect((await tables.leases()).map(({ channelId }) => channelId)).to.not.include(record.channelId);
    });
  });

  describe("for playback entries that may have come late", () => {
    const originId = "stream-orchestration_0123456789ab_spring-launch_1";
    const playbackEntry = { distributionId: "E1", originId };
    const record = { channelId: `entry/${originId}`, playbackEntry, cleanedAt: settled };
    const lateEntries = async () => (await setUp().summary()).lateEntries;

    it("names where it would be, and says when the update would have taken effect", async () => {
      expect(await lateEntries()).to.deep.equal([]);
      const cleanedAt = "2027-03-20T17:30:00.000Z";
      await tables.putLeaseItem({ ...record, cleanedAt });
      expect(await lateEntries()).to.deep.equal([{ ...playbackEntry, cleanedAt, isSettled: false }]);
      await tables.putLeaseItem({ ...record, cleanedAt: "2027-03-20T17:29:59.000Z" });
      expect((await lateEntries())[0]).to.include({ originId, isSettled: true });
    });

    it("leaves one alone that a lease marks, and knows the entry of another attempt from it", async () => {
      await tables.putLeaseItem(record);
      await tables.putAttempt({ status: "READY", readyAt: fresh });
      await tables.putLease({ originId, distributionId: "E1" });
      expect(await lateEntries()).to.deep.equal([]);
      await tables.putLease({ originId: originId.replace(/1$/, "2"), distributionId: "E1" });
      expect(await lateEntries()).to.have.lengthOf(1);
    });

    it("takes a record for neither a lease nor the record of a start", async () => {
      await tables.putLeaseItem(record);
      const { sweep, described } = setUp({ ended: { "spring-launch_1": "ABORTED" } });
      expect(await sweep()).to.include({ ...nothing, problem: null });
      expect(described).to.deep.equal([]);
      expect((await setUp().summary()).freeChannels[0]).to.include({ startedAt: null });
    });

    it("removes a record of days ago, which nothing could be done about", async () => {
      await tables.putLeaseItem({ ...record, cleanedAt: "2027-03-18T17:29:00.000Z" });
      expect(await lateEntries()).to.deep.equal([]);
      expect(await tables.leases()).to.deep.equal([]);
    });

    it("makes one scan for them and for late starts together", async () => {
      const scans: unknown[] = [];
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "Scan") scans.push(input.FilterExpression);
        return pass();
      });
      await setUp({ dynamodb }).sweep();
      expect(scans.filter((filter) => /playbackEntry|startedBy/.test(String(filter)))).to.have.lengthOf(1);
    });
  });

  describe("when a part fails", () => {
    it("takes the others, says which failed, and looks at the free channels all the same", async () => {
      const unpublished = { status: "READY" as const, unpublishedSince: settled, updatedAt: fresh };
      const history = [{ status: "READY" as const, at: settled, origin: "api" }];
      await tables.putAttempt({ streamId: "silent", ...unpublished, history });
      await tables.putLease({ channelId: "1000003" });
      await tables.putAttempt({ status: "COMPLETE", channelId: "1000003", readyAt: settled });
      const ended = { "spring-launch_1": "SUCCEEDED" };
      const { sweep, teardowns, log } = setUp({ ended, bus: fakeBus(() => true) });
      const { problem, ...rest } = await sweep();
      expect(problem).to.match(
        /^Attempt 1 at stream 'silent' is not announced\. Error: EventBridge did not take/,
      );
      expect(rest).to.deep.equal({
        ...nothing,
        tornDown: 1,
        playing: [],
        free: ["1000001", "1000002"],
      });
      expect(teardowns).to.have.length(1);
      expect(log.text()).not.to.contain("secret-key");
    });

    for (const [name, action, index] of [
      ["the index of what is not announced", "Scan", "byUnpublished"],
      ["the index by status", "Query", "byStatus"],
      ["the table of leases", "Scan", undefined],
    ] as const) {
      it(`tries the rest while it cannot read ${name}`, async () => {
        await tables.putLease({});
        await tables.putAttempt({ status: "COMPLETE", readyAt: settled });
        let down = true;
        const dynamodb = interceptedClient(tables.dynamodb, async (call, pass) => {
          if (down && call.action === action && call.input.IndexName === index) throw awsError("Down");
          return pass();
        });
        const given = { dynamodb, ended: { "spring-launch_1": "SUCCEEDED" } };
        const first = setUp(given);
        const { problem, free } = await first.sweep();
        expect(problem).to.contain("Down");
        const readable = index !== undefined;
        expect(free).to.deep.equal(readable ? ["1000002"] : []);
        expect(first.teardowns).to.have.length(readable ? 1 : 0);
        expect(await tables.leases()).to.have.length(1);
        down = false;
        expect(await setUp(given).sweep()).to.deep.include({ free: ["1000002"], problem: null });
      });
    }

    it("says which attempt it could not look at", async () => {
      await tables.putAttempt({});
      expect((await setUp({ ended: { "spring-launch_1": "DOWN" } }).sweep()).problem).to.match(
        /^Attempt 1 at stream 'spring-launch' is not recovered\. ThrottlingException/,
      );
    });

    it("says no more than a workflow's variable holds", async () => {
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "Query") throw awsError("Down", "x".repeat(300_000));
        return pass();
      });
      expect((await setUp({ dynamodb }).sweep()).problem).to.have.length(8_000);
    });

    it("names no channel where it cannot tell which of them were started here", async () => {
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
        if (action === "Scan" && String(input.FilterExpression).includes("startedBy")) throw awsError("Down");
        return pass();
      });
      const { free, problem } = await setUp({ dynamodb }).sweep();
      expect(free).to.deep.equal([]);
      expect(problem).to.match(/^The records of late calls could not be read\. Down/);
    });
  });
});
