import { join } from "node:path";
import { expect } from "chai";
import type { Catcher } from "../../../../components/workflow/shared/asl";
import {
  buildTeardown,
  catchersOf,
  decide,
  predecessors,
  reachable,
  settings,
  stateOf,
} from "../../../support/definition";
import { itIsInOrder } from "../../../support/definition-suite";
import { originOf } from "../../../support/distribution";
import { evaluate } from "../../../support/jsonata";

const definition = buildTeardown();
type Name = Parameters<typeof predecessors<keyof typeof definition.States>>[1];

const task = (name: Name) => stateOf(definition, name, "Task");
const choice = (name: Name) => stateOf(definition, name, "Choice");
/** The states that change what an attempt holds. */
const undoing: readonly Name[] = [
  "RemovePlaybackEntry",
  "StopEncoderChannel",
  "ReturnLease",
  "DeleteLiveLimit",
  "RecordTeardown",
  "RecordIncompleteTeardown",
];

const orchestration =
  "arn:aws:states:eu-west-1:123456789012:execution:StreamLifecycleOrchestrator:spring-launch_2";
const startTime = "2027-03-20T18:00:00.000Z";

/** What CheckInput makes of what starts the execution; undefined where that names no attempt. */
const inputOf = async (Input: unknown): Promise<object | undefined> => {
  const data = { states: { context: { Execution: { Input } } } };
  const [rule] = choice("CheckInput").Choices;
  if (rule?.Next !== (await decide(choice("CheckInput"), data))) return undefined;
  return (await evaluate(String(rule.Assign?.input), data)) as object;
};

/** `$states`, some seconds after the execution began. */
const states = (input: object, { of = {}, result = {}, after = 0 } = {}) => ({
  input: of,
  result,
  context: {
    Execution: { Id: "arn:teardown", Input: input, StartTime: startTime },
    State: { EnteredTime: new Date(Date.parse(startTime) + after * 1000).toISOString() },
  },
});

const all = (name: Name): Catcher<Name> | undefined =>
  catchersOf(definition).find(
    ([state, { ErrorEquals }]) => state === name && ErrorEquals.includes("States.ALL"),
  )?.[1];

describe("The definition of StreamTeardown", () => {
  itIsInOrder(definition, join(__dirname, "stream-teardown.asl.json"));

  it("undoes nothing before it has the attempt for itself", () => {
    const before = reachable(definition, [definition.StartAt], ["BeginTeardown"]);
    for (const name of undoing) expect(before.has(name), name).to.equal(false);
    const after = reachable(definition, ["BeginTeardown"]);
    for (const name of undoing) expect(after.has(name), name).to.equal(true);
    expect(task("BeginTeardown").Arguments).to.have.property("ConditionExpression");
  });

  it("looks at status, workflow and lease before that, one after the other", () => {
    const gates: readonly Name[] = ["FindAttempt", "ReadOrchestration", "MarkLease"];
    for (const gate of gates) {
      expect(reachable(definition, [definition.StartAt], [gate]).has("BeginTeardown"), gate).to.equal(false);
    }
    expect(predecessors(definition, "BeginTeardown")).to.deep.equal(["MarkLease"]);
  });

  it("takes the playback entry out before the channel stops, and both before the lease goes", () => {
    expect(task("BeginTeardown").Next).to.equal("AcquireRemovalTurn");
    expect([...reachable(definition, ["ConfirmLease"])]).to.not.include("ReadPlaybackEntry");
    const gates: readonly (readonly Name[])[] = [
      // Its own look into the distribution, or the mark of another execution that has removed the entry.
      ["ReadPlaybackEntry", "ReadPlaybackRemoval"],
      ["ConfirmLease"],
      ["DeleteLiveLimit"],
    ];
    for (const gate of gates) {
      expect(reachable(definition, ["BeginTeardown"], gate).has("ReturnLease"), gate.join()).to.equal(false);
    }
    expect([...reachable(definition, ["ReturnLease"])]).to.have.members([
      "ReturnLease",
      "RecordTeardown",
      "RecordIncompleteTeardown",
      "TeardownFailed",
    ]);
  });

  describe("CheckInput", () => {
    const none = { channelId: null, overdue: false, planned: false, reason: null };
    const told = {
      channelId: "1234567",
      overdue: true,
      planned: true,
      reason: "The endTime of the stream has come.",
    };

    it("takes from an event which attempt it is about, and nothing else", async () => {
      const event = {
        streamId: "spring-launch",
        attempt: "2",
        status: "FAILED",
        origin: "orchestrator",
        ...told,
      };
      expect(await inputOf({ event })).to.deep.equal({ streamId: "spring-launch", attempt: 2, ...none });
      expect(await inputOf({ event: { ...event, event: told } })).to.deep.include(none);
      // The rule writes `event` alone: even if a template let more through, that would not count beside an event.
      expect(await inputOf({ event, ...told })).to.deep.include(none);
      expect(await inputOf({ event: { ...event, attempt: "" } })).to.deep.equal({
        streamId: "spring-launch",
        attempt: null,
        ...none,
      });
    });

    it("takes everything from the schedule, the sweep and the recovery", async () => {
      const input = { streamId: "spring-launch", attempt: 2, ...told };
      expect(await inputOf(input)).to.deep.equal(input);
      expect(
        await inputOf({ ...input, overdue: "true", planned: "true", reason: {}, channelId: 7 }),
      ).to.deep.include(none);
    });

    it("ignores what names no attempt, whoever sends it and whatever the type is", async () => {
      const streamIds = [
        null,
        7,
        true,
        {},
        [],
        ["spring-launch"],
        "",
        "ab",
        "a".repeat(65),
        "a b c",
        "spring\n",
      ];
      const attempts = [null, "1", "1; x", "", {}, [], [1], true, 0, -1, 1.5, 1e300, 1_000_000_000];
      const wrong = [
        {},
        ...[...streamIds, 'x","overdue":true,"y":"', "абв", "spring-launch\u0000"].map((streamId) => ({
          streamId,
        })),
        ...attempts.map((attempt) => ({ streamId: "spring-launch", attempt })),
      ];
      for (const input of wrong) expect(await inputOf(input), JSON.stringify(input)).to.equal(undefined);
      // What the template of the rule makes of them, and of what breaks out of it.
      const inTemplate = [
        ...streamIds.map((streamId) => ({ streamId, attempt: "1" })),
        ...[
          "null",
          "1; x",
          "0",
          "-1",
          "1.5",
          "1e300",
          "1000000000",
          "[1]",
          "{a:1}",
          "true",
          "١",
          1,
          null,
          {},
        ].map((attempt) => ({ streamId: "spring-launch", attempt })),
      ];
      const isText = (event: { attempt?: unknown }) => event.attempt === "" || event.attempt === "1";
      for (const event of [...wrong.filter((one) => !isText(one)), ...inTemplate]) {
        const told = { overdue: true, streamId: "spring-launch", attempt: 1 };
        expect(await inputOf({ event }), JSON.stringify(event)).to.equal(undefined);
        expect(await inputOf({ event, ...told }), JSON.stringify(event)).to.equal(undefined);
      }
      for (const event of [null, "text", 7, [], [{ streamId: "spring-launch" }]]) {
        expect(await inputOf({ event }), JSON.stringify(event)).to.equal(undefined);
      }
      for (const input of [null, "text", 7, []]) expect(await inputOf(input)).to.equal(undefined);
      expect(stateOf(definition, "InvalidInputIgnored", "Succeed").Output).to.deep.equal({
        teardown: "NONE",
      });
    });

    it("takes every streamId and attempt that the contract has", async () => {
      for (const streamId of ["abc", "A-9", "a".repeat(64), "---"]) {
        for (const attempt of [1, 2, 999_999_999]) {
          expect(await inputOf({ streamId, attempt })).to.deep.include({ streamId, attempt });
          const event = { streamId, attempt: String(attempt) };
          expect(await inputOf({ event })).to.deep.include({ streamId, attempt });
        }
      }
    });
  });

  describe("FindAttempt", () => {
    const { Arguments, Assign, ...find } = task("FindAttempt");
    const query = Arguments as { [argument: string]: string };

    it("finds the attempt that is named, or else the latest", async () => {
      const named = { input: await inputOf({ streamId: "spring-launch", attempt: 2 }) };
      expect(await evaluate(query.KeyConditionExpression ?? "", named)).to.equal(
        "streamId = :streamId AND attempt = :attempt",
      );
      expect(await evaluate(query.ExpressionAttributeValues ?? "", named)).to.deep.equal({
        ":streamId": { S: "spring-launch" },
        ":attempt": { N: "2" },
      });
      const latest = { input: await inputOf({ event: { streamId: "spring-launch", attempt: "" } }) };
      expect(await evaluate(query.KeyConditionExpression ?? "", latest)).to.equal("streamId = :streamId");
      expect(await evaluate(query.ExpressionAttributeValues ?? "", latest)).to.deep.equal({
        ":streamId": { S: "spring-launch" },
      });
      expect(Arguments).to.include({ ScanIndexForward: false, Limit: 1, ConsistentRead: true });
      expect(find.Next).to.equal("ReadOrchestration");
    });

    const item = {
      attempt: { N: "2" },
      status: { S: "COMPLETE" },
      executionArn: { S: orchestration },
      channelId: { S: "1234567" },
    };
    const found = async (Items: readonly object[], input: object = { streamId: "spring-launch" }) => {
      const data = { states: states(input, { result: { Items } }), input: await inputOf(input) };
      const values = Object.entries(Assign ?? {}).map(async ([name, value]) => [
        name,
        await evaluate(String(value), data),
      ]);
      return Object.fromEntries(await Promise.all(values)) as { attempt: unknown; provision: unknown };
    };
    const provision = (attempt: number, channelId: string | null) => ({
      request: { streamId: "spring-launch" },
      attempt,
      channel: { channelId },
    });

    it("reads what the attempt owns, in whatever case AWS spells a boolean", async () => {
      for (const member of ["Bool", "BOOL"]) {
        for (const owns of [true, false]) {
          expect(await found([{ ...item, ownsChannel: { [member]: owns } }])).to.deep.equal({
            attempt: {
              ...{ status: "COMPLETE", executionArn: orchestration, ownsChannel: owns, isClaimed: true },
              ...{ originId: null, distributionId: null, isIncomplete: false },
            },
            provision: provision(2, "1234567"),
          });
        }
      }
    });

    it("reads where the attempt's playback entry is, and whether a teardown left something", async () => {
      const recorded = { originId: { S: "origin" }, distributionId: { S: "E1" } };
      for (const status of ["INCOMPLETE", "RUNNING"]) {
        const teardown = { M: { status: { S: status } } };
        expect((await found([{ ...item, ...recorded, teardown }])).attempt).to.include({
          ...{ originId: "origin", distributionId: "E1", isIncomplete: status === "INCOMPLETE" },
        });
      }
    });

    it("takes a channel for somebody else's where nothing says that the attempt started it", async () => {
      expect((await found([item])).attempt).to.include({ ownsChannel: false });
    });

    it("takes the channel from its input where the item has none, and from nowhere else", async () => {
      const { channelId: _, ...held } = item;
      const input = { streamId: "spring-launch", channelId: "7654321" };
      expect((await found([held], input)).provision).to.deep.equal(provision(2, "7654321"));
      expect((await found([item], input)).provision).to.deep.equal(provision(2, "1234567"));
      expect((await found([held])).provision).to.deep.equal(provision(2, null));
    });

    it("knows of a stream that does not exist", async () => {
      expect(await found([])).to.deep.equal({ attempt: null, provision: provision(0, null) });
    });
  });

  describe("DecideTeardown", () => {
    const next = async (status: string | null, input: object = {}, after = 0) =>
      decide(choice("DecideTeardown"), {
        states: states({}, { after }),
        input: await inputOf({ streamId: "spring-launch", ...input }),
        attempt: status === null ? null : { status },
      });

    it("is for what has not ended: what has is torn down", async () => {
      const { ExecutionArn } = task("ReadOrchestration").Arguments as { ExecutionArn: string };
      const looked = (status: string | null) =>
        evaluate(ExecutionArn, {
          attempt: status === null ? null : { status, executionArn: orchestration },
        }).catch(() => "not looked at");
      for (const status of ["FAILED", "COMPLETE"]) expect(await looked(status)).to.equal(orchestration);
      for (const status of ["PROVISIONING", "READY", "LIVE", null]) {
        expect(await looked(status), String(status)).to.equal("not looked at");
      }
      expect(task("ReadOrchestration").Catch?.[0]).to.deep.equal({
        ErrorEquals: ["States.QueryEvaluationError"],
        Output: {},
        Next: "DecideTeardown",
      });
    });

    it("ends what is up only when it is told that its time is over", async () => {
      for (const status of ["READY", "LIVE"]) {
        expect(await next(status, { overdue: true }), status).to.equal("EndOverdueStream");
        expect(await next(status, { overdue: true }, 3600), status).to.equal("EndOverdueStream");
        expect(await next(status), status).to.equal("WaitForEnd");
      }
      expect(await next("PROVISIONING", { overdue: true }, 3600)).to.equal("NothingToTearDown");
    });

    it("waits a minute for an end that is on its way, and no longer", async () => {
      for (const status of ["PROVISIONING", "READY", "LIVE"]) {
        expect(await next(status, {}, 59), status).to.equal("WaitForEnd");
        expect(await next(status, {}, 60), status).to.equal("NothingToTearDown");
      }
    });

    it("has nothing to do for a stream that does not exist", async () => {
      expect(await next(null)).to.equal("NothingToTearDown");
      expect(await next(null, { overdue: true })).to.equal("NothingToTearDown");
    });
  });

  describe("DecideOrchestration", () => {
    const next = (status: string, after = 0, channelId: string | null = "1234567") =>
      decide(choice("DecideOrchestration"), {
        states: states({ streamId: "spring-launch" }, { of: { status }, after }),
        provision: { channel: { channelId } },
      });

    const { Key } = task("MarkLease").Arguments as { Key: { channelId: { S: string } } };
    const looked = (status: string, channelId: string | null = "1234567") =>
      evaluate(Key.channelId.S, {
        states: { input: { status } },
        provision: { channel: { channelId } },
      }).catch(() => "not looked at");

    it("leaves an attempt to its own workflow while that runs, or may go on", async () => {
      for (const status of ["RUNNING", "PENDING_REDRIVE"]) {
        expect(await next(status, 599), status).to.equal("WaitForOrchestration");
        expect(await next(status, 600), status).to.equal("NothingToTearDown");
      }
    });

    it("goes on once the workflow has ended, however it did, and where AWS has forgotten it", async () => {
      const forgotten = task("ReadOrchestration").Catch?.[1];
      expect(forgotten).to.deep.include({
        ErrorEquals: ["Sfn.ExecutionDoesNotExistException"],
        Output: { status: "FORGOTTEN" },
        Next: "MarkLease",
      });
      for (const status of ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "FORGOTTEN"]) {
        expect(await looked(status), status).to.equal("1234567");
      }
      for (const status of ["RUNNING", "PENDING_REDRIVE"]) {
        expect(await looked(status), status).to.equal("not looked at");
      }
      expect(task("MarkLease").Catch?.[0]).to.deep.include({
        ErrorEquals: ["States.QueryEvaluationError"],
        Next: "DecideOrchestration",
      });
    });

    it("has nothing to do for an attempt that never had a channel", async () => {
      expect(await looked("FAILED", null)).to.equal("not looked at");
      expect(await next("FAILED", 0, null)).to.equal("NothingToTearDown");
    });
  });

  describe("MarkLease", () => {
    const { Assign: ofLease, Catch } = task("MarkLease");
    const [, lost] = Catch ?? [];
    /** @param Attributes those of the attempt's lease; undefined where it has none. */
    const read = async (Attributes?: object, attempt: object = {}) => {
      const data = {
        states: states({}, { result: { Attributes } }),
        attempt: { executionArn: orchestration, isIncomplete: false, originId: null, ...attempt },
        provision: { request: { streamId: "spring-launch" }, attempt: 2 },
      };
      const Assign = Attributes ? ofLease : lost?.Assign;
      const entry = await evaluate(String(Assign?.entry), data);
      const { ExpressionAttributeValues } = task("BeginTeardown").Arguments as {
        ExpressionAttributeValues: { ":owner": { S: string } };
      };
      const owner = await evaluate(ExpressionAttributeValues[":owner"].S, {
        ...data,
        hasLease: Assign?.hasLease,
      }).catch(() => null);
      const next =
        owner === orchestration
          ? "BeginTeardown"
          : decide(choice("DecideLease"), { ...data, hasLease: Assign?.hasLease });
      return { entry, next: await next };
    };
    const left = { isIncomplete: true, originId: "origin", distributionId: "E1" };

    it("leads on an attempt that holds its lease", async () => {
      expect(lost).to.deep.include({
        ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
        Next: "BeginTeardown",
      });
      expect((await read({})).next).to.equal("BeginTeardown");
      expect((await read()).next).to.equal("NothingToTearDown");
    });

    it("leads on an attempt whose playback entry an earlier teardown left, too", async () => {
      expect((await read(undefined, left)).next).to.equal("BeginTeardown");
      expect((await read(undefined, { ...left, isIncomplete: false })).next).to.equal("NothingToTearDown");
      expect((await read(undefined, { ...left, originId: null })).next).to.equal("NothingToTearDown");
    });

    it("finds the playback entry by its lease's mark, its item, or the id of earlier releases", async () => {
      const entry = async (lease: object | undefined, attempt: object) => (await read(lease, attempt)).entry;
      const mark = { originId: { S: "marked" }, distributionId: { S: "E2" } };
      expect(await entry(mark, {})).to.deep.equal({ originId: "marked", distributionId: "E2" });
      for (const lease of [{}, undefined]) {
        expect(await entry(lease, left)).to.deep.equal({ originId: "origin", distributionId: "E1" });
      }
      const { distributionId } = settings.playback;
      expect(await entry(undefined, { isClaimed: true })).to.deep.equal({
        originId: "stream-orchestration_spring-launch_2",
        distributionId,
      });
      expect(await entry({}, { isClaimed: false })).to.deep.equal({ originId: "", distributionId });
    });
  });

  it("may change the distribution of the deployment, and the former ones", async () => {
    const former = buildTeardown({ playback: { ...settings.playback, formerDistributionIds: ["EFORMER"] } });
    const caught = (stateOf(former, "ReadPlaybackEntry", "Task").Catch ?? []).at(-1);
    const leftIn = async (distributionId: string) => {
      const data = {
        states: { errorOutput: { Error: "Denied", Cause: "no" } },
        ...{ leftovers: [], abandoned: [], entry: { distributionId, originId: "origin" } },
        provision: { request: { streamId: "spring-launch" }, attempt: 2 },
      };
      const [leftovers, abandoned] = await Promise.all(
        ["leftovers", "abandoned"].map((name) => evaluate(String(caught?.Assign?.[name]), data)),
      );
      return { leftovers: leftovers as string[], abandoned: abandoned as string[] };
    };
    for (const distributionId of [settings.playback.distributionId, "EFORMER"]) {
      const { leftovers, abandoned } = await leftIn(distributionId);
      expect([leftovers.length, abandoned.length], distributionId).to.deep.equal([1, 0]);
    }
    const { leftovers, abandoned } = await leftIn("EOTHER");
    expect(leftovers).to.deep.equal([]);
    expect(abandoned[0]).to.include("EOTHER").and.include("add it to playback.formerDistributionIds");
    expect(abandoned[0]).to.include('start StreamTeardown with {"streamId":"spring-launch","attempt":2}.');
  });

  it("records an entry that may still be added, where it is not there and the attempt may have asked for it", async () => {
    const { playback } = settings;
    const dataOf = (isClaimed: boolean, origins: string[], playbackTries = 0) => ({
      attempt: { isClaimed },
      provision: { request: { streamId: "spring-launch" }, attempt: 2 },
      entry: { distributionId: playback.distributionId, originId: "origin" },
      ...{ playbackTries, batch: { added: [], removed: [], served: [] }, updatesRedrives: -1, leftovers: [] },
      states: {
        context: { Execution: {} },
        input: {
          cause: "Broken.",
          DistributionConfig: {
            DefaultCacheBehavior: {},
            Origins: { Items: origins.map((Id) => ({ Id })) },
          },
        },
      },
    });
    const { DistributionConfig } = task("RemovePlaybackEntry").Arguments as { DistributionConfig: string };
    /** The state that follows: `RemovePlaybackEntry` where the entry is removed. */
    const look = (...of: Parameters<typeof dataOf>) =>
      evaluate(DistributionConfig, dataOf(...of)).then(
        () => "RemovePlaybackEntry",
        () => decide(stateOf(definition, "DecidePlaybackEntry", "Choice"), dataOf(...of)),
      );
    expect(await look(true, ["origin", "other"])).to.equal("RemovePlaybackEntry");
    expect(await look(true, ["origin", "other"], 30)).to.equal("ReleaseRemovalTurn");
    const [, tooMany] = stateOf(definition, "DecidePlaybackEntry", "Choice").Choices;
    const noted = (tries: number) =>
      evaluate(String(tooMany?.Assign?.leftovers), dataOf(true, ["origin"], tries));
    expect(JSON.stringify(await noted(30))).to.include("too many others changed it");
    expect(JSON.stringify(await noted(0))).to.include("Broken.");
    expect(await look(true, ["other"])).to.equal("RecordPlaybackUpdate");
    expect(await look(false, ["other"])).to.equal("ReleaseRemovalTurn");
    expect(await look(true, ["other", originOf("spring-launch", 1)])).to.equal("RecordPlaybackUpdate");
    expect(await look(true, ["other", originOf("spring-launch", 3)])).to.equal("ReleaseRemovalTurn");
    const { UpdateExpression } = task("RecordPlaybackUpdate").Arguments as { UpdateExpression: string };
    expect(UpdateExpression).to.equal("SET playbackEntry = :entry, cleanedAt = :now");
  });

  it("says what to do about a channel that is not in the pool, and nothing of another", async () => {
    const caught = (task("StopEncoderChannel").Catch ?? []).at(-1);
    const leftOn = (channelId: string) =>
      evaluate(String(caught?.Assign?.leftovers), {
        states: { errorOutput: { Error: "Denied", Cause: "no" } },
        ...{ leftovers: [], provision: { channel: { channelId } } },
      });
    expect(await leftOn("7654321")).to.deep.equal(["Channel 7654321 may still run: Denied: no"]);
    expect(await leftOn("9")).to.deep.equal([
      "Channel 9 may still run: Denied: no The channel is not in encoder.channels: add it there with draining: true (drainingChannelIds) and deploy, and the next sweep stops it.",
    ]);
  });

  describe("BeginTeardown", () => {
    const { Arguments, Assign, Catch = [] } = task("BeginTeardown");
    const { ConditionExpression, ExpressionAttributeValues: values } = Arguments as {
      ConditionExpression: string;
      ExpressionAttributeValues: { [value: string]: { S: string } };
    };

    it("takes the attempt for one execution at a time, and after one that died", async () => {
      expect(ConditionExpression).to.equal(
        "executionArn = :owner AND (attribute_not_exists(teardown) OR teardown.#status = :incomplete OR teardown.executionArn = :me OR teardown.startedAt < :dead)",
      );
      expect(Catch).to.deep.equal([
        { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideLease" },
        {
          ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
          Output: {},
          Next: "NothingToTearDown",
        },
      ]);
      const dead = await evaluate(values[":dead"]?.S ?? "", { states: states({}) });
      // An execution that is older than that cannot run any more.
      const seconds = (Date.parse(startTime) - Date.parse(String(dead))) / 1000;
      expect(seconds).to.equal(definition.TimeoutSeconds);
      expect(dead).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    it("has the channel stopped if the attempt started it, and not otherwise", async () => {
      for (const ownsChannel of [true, false]) {
        for (const hasLease of [true, false]) {
          const channelWasRunning = await evaluate(String(Assign?.channelWasRunning), {
            attempt: { ownsChannel },
            hasLease,
          });
          const { ExpressionAttributeValues } = task("ConfirmLease").Arguments as {
            ExpressionAttributeValues: { ":owner": { S: string } };
          };
          const owner = await evaluate(ExpressionAttributeValues[":owner"].S, {
            channelWasRunning,
            attempt: { executionArn: orchestration },
          }).catch(() => "not stopped");
          expect(owner).to.equal(ownsChannel && hasLease ? orchestration : "not stopped");
        }
      }
    });

    it("sets what the loops of the undoing states start from", () => {
      expect(Assign).to.deep.include({ leftovers: [], channelTries: 0, playbackTries: 0, turnTries: 0 });
    });
  });

  it("goes on past whatever cannot be undone, noting what was left", () => {
    const parts = [
      "ReadPlaybackEntry",
      "RemovePlaybackEntry",
      "RecordPlaybackUpdate",
      "ConfirmLease",
      "StopEncoderChannel",
      "ReadStoppingChannel",
      "RecordEncoderStart",
    ] as const;
    for (const name of parts) {
      expect(all(name)?.Assign?.leftovers, name).to.match(/^\{% \[\$leftovers, /);
      expect(
        [...reachable(definition, all(name) ? [(all(name) as Catcher<Name>).Next] : [])],
        name,
      ).to.include("ReturnLease");
      // A distribution's configuration, or a channel's, may pass 256 KiB, which States.ALL leaves out.
      expect(
        task(name).Catch?.flatMap(({ ErrorEquals }) => ErrorEquals),
        name,
      ).to.include("States.DataLimitExceeded");
    }
    for (const name of [
      "AcquireRemovalTurn",
      "ReleaseRemovalTurn",
      "ForgetEncoderStart",
      "DeleteLiveLimit",
    ] as const) {
      expect(all(name), name).to.deep.equal({
        ErrorEquals: ["States.ALL"],
        Output: {},
        Next: task(name).Next,
      });
    }
  });

  it("stops a channel only while the attempt holds its lease, which it confirms before every try", async () => {
    expect(predecessors(definition, "StopEncoderChannel")).to.deep.equal(["ConfirmLease"]);
    const { Arguments, Catch = [] } = task("ConfirmLease");
    expect(Arguments).to.deep.include({
      TableName: "leases",
      Key: { channelId: { S: "{% $provision.channel.channelId %}" } },
      ConditionExpression: "leasedBy = :owner",
    });
    const { ExpressionAttributeValues } = Arguments as {
      ExpressionAttributeValues: { ":owner": { S: string } };
    };
    const owner = (channelWasRunning: boolean) =>
      evaluate(ExpressionAttributeValues[":owner"].S, {
        attempt: { executionArn: orchestration },
        channelWasRunning,
      }).catch(() => "not stopped");
    expect([await owner(false), await owner(true)]).to.deep.equal([orchestration, "not stopped"]);
    expect(Catch.slice(0, 2)).to.deep.equal([
      { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "DecideChannelStop" },
      { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Output: {}, Next: "DeleteLiveLimit" },
    ]);
    // Without that reason, the channel may still run.
    const { Choices, Assign } = choice("DecideChannelStop");
    expect(Choices.map(({ Condition }) => Condition)).to.deep.equal(["{% $channelWasRunning %}"]);
    expect(Assign?.leftovers).to.include("its lease could not be confirmed");
  });

  it("takes a channel that was deleted for one that is stopped", () => {
    for (const name of ["StopEncoderChannel", "ReadStoppingChannel"] as const) {
      const gone = task(name).Catch?.find(({ ErrorEquals }) =>
        ErrorEquals.includes("MediaLive.NotFoundException"),
      );
      expect(gone, name).to.deep.equal({
        ErrorEquals: ["MediaLive.NotFoundException"],
        Output: {},
        Next: "DeleteLiveLimit",
      });
    }
  });

  it("gives the lease back where everything was undone, and keeps it where anything is left", async () => {
    const { ExpressionAttributeValues, ...Arguments } = task("ReturnLease").Arguments as {
      ExpressionAttributeValues: { ":owner": { S: string } };
    };
    const owner = (leftovers: string[]) =>
      evaluate(ExpressionAttributeValues[":owner"].S, {
        leftovers,
        attempt: { executionArn: orchestration },
      }).catch(() => "kept");
    expect(await owner([])).to.equal(orchestration);
    expect(await owner(["Channel 1234567 may still run: X: y"])).to.equal("kept");
    expect(await owner(["one", "two"])).to.equal("kept");
    expect(task("ReturnLease").Catch?.[0]).to.deep.equal({
      ErrorEquals: ["States.QueryEvaluationError"],
      Output: {},
      Next: "RecordIncompleteTeardown",
    });
    expect(predecessors(definition, "ReturnLease")).to.deep.equal(["DeleteLiveLimit"]);
    expect(Arguments).to.deep.include({ TableName: "leases", ConditionExpression: "leasedBy = :owner" });
  });

  it("tells what no later teardown will undo either, with the lease given back", async () => {
    const { ExpressionAttributeValues } = task("RecordTeardown").Arguments as {
      ExpressionAttributeValues: { ":teardown": { M: { status: { S: string } } } };
    };
    const status = (abandoned: string[]) =>
      evaluate(ExpressionAttributeValues[":teardown"].M.status.S, { abandoned }).catch(() => "not done");
    expect(await status([])).to.equal("DONE");
    expect(await status(["The playback entry is still there."])).to.equal("not done");
    expect(task("RecordTeardown").Catch).to.deep.equal([
      { ErrorEquals: ["States.QueryEvaluationError"], Output: {}, Next: "RecordIncompleteTeardown" },
    ]);
  });

  it("takes a lease that is gone for its own first answer, which was lost", () => {
    expect(task("ReturnLease").Catch?.[1]).to.deep.equal({
      ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"],
      Output: {},
      Next: "RecordTeardown",
    });
    expect(all("ReturnLease")?.Next).to.equal("RecordIncompleteTeardown");
  });

  it("fails, for the alarm, where anything is left, and says what", async () => {
    expect(predecessors(definition, "TeardownFailed")).to.deep.equal([
      "DecideLease",
      "RecordIncompleteTeardown",
    ]);
    expect(all("RecordIncompleteTeardown")?.Next).to.equal("TeardownFailed");
    const { Error: error, Cause } = stateOf(definition, "TeardownFailed", "Fail");
    expect(error).to.equal("TeardownIncomplete");
    expect(await evaluate(Cause, { leftovers: ["One.", "Two."] })).to.equal("One. Two.");
    expect(await evaluate(Cause, { leftovers: ["One."] })).to.equal("One.");
    expect(await evaluate(Cause, { leftovers: ["x".repeat(40_000)] })).to.have.length(32_768);
  });

  it("records how it ended, as long as the attempt is its own", async () => {
    for (const name of ["RecordTeardown", "RecordIncompleteTeardown"] as const) {
      const { ConditionExpression, ExpressionAttributeValues } = task(name).Arguments as {
        ConditionExpression: string;
        ExpressionAttributeValues: { ":me": object; ":teardown": { M: { status: { S: string } } } };
      };
      expect(ConditionExpression, name).to.equal("teardown.executionArn = :me");
      const { S } = ExpressionAttributeValues[":teardown"].M.status;
      if (name === "RecordIncompleteTeardown") expect(S).to.equal("INCOMPLETE");
      else expect(S).to.include('"DONE"');
    }
    const { ExpressionAttributeValues } = task("RecordIncompleteTeardown").Arguments as {
      ExpressionAttributeValues: { ":teardown": { M: { leftovers: { L: string } } } };
    };
    const list = ExpressionAttributeValues[":teardown"].M.leftovers.L;
    expect(await evaluate(list, { leftovers: ["One."] })).to.deep.equal([{ S: "One." }]);
    expect(await evaluate(list, { leftovers: ["One.", "Two."] })).to.deep.equal([
      { S: "One." },
      { S: "Two." },
    ]);
  });

  describe("EndOverdueStream", () => {
    it("ends a stream that is READY or LIVE, and marks that as not announced in the same write", () => {
      const { UpdateExpression, ConditionExpression } = task("EndOverdueStream").Arguments as {
        [argument: string]: string;
      };
      expect(UpdateExpression).to.equal(
        "ADD unpublished :unpublished SET #status = :complete, updatedAt = :now, history = list_append(history, :entry), unpublishedSince = if_not_exists(unpublishedSince, :now)",
      );
      expect(ConditionExpression).to.equal("#status IN (:ready, :live)");
    });

    it("looks again where somebody was faster", () => {
      expect(task("EndOverdueStream").Catch).to.deep.equal([
        { ErrorEquals: ["DynamoDB.ConditionalCheckFailedException"], Output: {}, Next: "FindAttempt" },
      ]);
    });

    it("tears the stream down whatever becomes of telling of its end, and keeps the mark if nobody was told", () => {
      const telling = ["AnnounceOverdueEnd", "RecordOverdueEnd", "NotifyOverdueEnd"] as const;
      for (const name of telling) {
        expect(all(name), name).to.not.equal(undefined);
        expect(task(name).Catch, name).to.have.length(1);
      }
      expect(all("AnnounceOverdueEnd")?.Next).to.equal("DecideOverdueNotice");
      expect(all("RecordOverdueEnd")?.Next).to.equal("DecideOverdueNotice");
      expect(all("NotifyOverdueEnd")?.Next).to.equal("ReadOrchestration");
      expect(task("AnnounceOverdueEnd").Next).to.equal("RecordOverdueEnd");
      expect(predecessors(definition, "RecordOverdueEnd")).to.deep.equal(["AnnounceOverdueEnd"]);
    });

    it("writes a subject that SNS takes, for the longest stream", async () => {
      const { Subject } = task("NotifyOverdueEnd").Arguments as { Subject: string };
      const subject = await evaluate(Subject, { provision: { request: { streamId: "s".repeat(64) } } });
      expect(subject).to.match(/^[\x20-\x7e]{1,99}$/);
    });
  });
});
