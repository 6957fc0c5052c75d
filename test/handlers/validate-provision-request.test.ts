import { expect } from "chai";
import { type Channel, payloadVersion } from "../../contracts/internal";
import { createValidateProvisionRequest } from "../../handlers/validate-provision-request";
import { awsError, interceptedClient, recordingLog } from "./support/fakes";
import { aRequest } from "./support/http-events";
import { fakeRecoverer, teardownStateMachineArn } from "./support/recoverer";
import { attemptSettings, executionArn, originOfChannel, useTables } from "./support/tables";

const leasedAt = "2027-03-20T17:00:00.700Z";
const pool: Channel[] = [
  { channelId: "1000001", originDomainName: "one.mediapackage.example.com", originPath: "/out" },
  { channelId: "1000002" },
];

/** Whether a call reads leases, and not what the deployment says. */
const isOfLeases = (input: unknown) => !JSON.stringify(input).includes('"settings"');

describe("ValidateProvisionRequest", () => {
  const tables = useTables();

  function setUp({
    dynamodb = tables.dynamodb,
    channels = pool,
    leadTimeMinutes = null as number | null,
    held = false,
    setsInputs = true,
  } = {}) {
    const log = recordingLog();
    const { tableName, leaseTableName } = tables;
    const now = () => new Date(leasedAt);
    const wait = async () => {};
    const { recoverer, teardowns } = fakeRecoverer(tables, { now: leasedAt });
    const { sfn } = recoverer;
    const handle = createValidateProvisionRequest({
      ...{ dynamodb, tableName, leaseTableName, sfn, teardownStateMachineArn, now, wait, log },
    });
    const validate = async (request: unknown = aRequest(), name = "spring-launch_1") => {
      await tables.putSettings(channels);
      return handle({
        version: payloadVersion,
        request,
        leadTimeMinutes,
        held,
        ...(setsInputs && { setsInputs }),
        execution: { id: executionArn(name), name, startTime: "2027-03-20T17:00:00.500Z" },
      });
    };
    return { validate, handle, log, teardowns };
  }

  /** @returns what was thrown, as `name: message`. */
  async function failureOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(() => "nothing was thrown", String);
  }

  it("leases the channel that the request names, and no other", async () => {
    const { validate } = setUp();
    const named = await validate({ ...aRequest(), channelId: "1000002" });
    expect(named.channel).to.include({ channelId: "1000002" });
    expect(JSON.parse(named.requestText)).to.include({ channelId: "1000002" });
    const other = { ...aRequest(), streamId: "another", channelId: "1000002" };
    expect(await failureOf(validate(other, "another_1"))).to.match(
      /^(ChannelReleasePending|NoChannelAvailable): Each of the 1 encoder channels that can take the stream is leased/,
    );
  });

  it("refuses a channel that is not in the pool, or is being drained", async () => {
    const { validate } = setUp({ channels: [...pool, { channelId: "1000003", draining: true }] });
    for (const channelId of ["9999999", "1000003"]) {
      expect(await failureOf(validate({ ...aRequest(), channelId })), channelId).to.equal(
        `ProvisionRequestInvalid: channelId must be one of 1000001, 1000002, received "${channelId}".`,
      );
    }
    expect(await failureOf(validate({ ...aRequest(), channelId: "channel-1" }))).to.match(
      /^ProvisionRequestInvalid: channelId must match/,
    );
  });

  describe("given channels whose inputs are known", () => {
    const rtmp = [{ protocol: "rtmp", url: "rtmp://a.example.com/live/secret-key" }];
    const srt = [{ protocol: "srt", url: "srt://192.0.2.1:9000" }];
    const channels: Channel[] = [
      { channelId: "1000001", inputs: [{ inputId: "11", type: "RTMP_PULL" }] },
      { channelId: "1000002", inputs: [{ inputId: "21", type: "SRT_LISTENER" }] },
      { channelId: "1000003", draining: true, inputs: [{ inputId: "31", type: "RTMP_PUSH" }] },
    ];

    it("leases one that can take the request's endpoints, and says which input takes which", async () => {
      for (const [ingestEndpoints, channelId, inputs] of [
        [
          rtmp,
          "1000001",
          [{ inputId: "11", type: "RTMP_PULL", protocol: "rtmp", sources: [{ Url: rtmp[0]?.url }] }],
        ],
        [srt, "1000002", [{ inputId: "21", type: "SRT_LISTENER", protocol: "srt", sources: [] }]],
      ] as const) {
        const streamId = `stream-${channelId}`;
        const provision = await setUp({ channels }).validate(
          aRequest({ streamId, ingestEndpoints }),
          `${streamId}_1`,
        );
        expect(provision.channel).to.include({ channelId });
        expect(provision.inputs).to.deep.equal(inputs);
      }
      expect(await failureOf(setUp({ channels }).validate(aRequest({ ingestEndpoints: rtmp })))).to.match(
        /^(ChannelReleasePending|NoChannelAvailable): Each of the 1 encoder channels that can take the stream is leased/,
      );
    });

    it("refuses a request that no channel can take, and says what each one has", async () => {
      expect(await failureOf(setUp({ channels }).validate())).to.equal(
        "ProvisionRequestInvalid: ingestEndpoints must be such as an encoder channel can take, received rtmps. Channel 1000001 has RTMP_PULL (rtmp): it has no input for ingestEndpoints[0] (rtmps). Channel 1000002 has SRT_LISTENER (srt): it has no input for ingestEndpoints[0] (rtmps).",
      );
      const named = aRequest({ channelId: "1000002", ingestEndpoints: rtmp });
      expect(await failureOf(setUp({ channels }).validate(named))).to.equal(
        "ProvisionRequestInvalid: ingestEndpoints must be such as the channel can take, received rtmp. Channel 1000002 has SRT_LISTENER (srt): it has no input for ingestEndpoints[0] (rtmp).",
      );
      expect(await tables.leases()).to.deep.equal([]);
    });

    it("refuses the attempt's own channel where a deployment has changed its inputs meanwhile", async () => {
      await tables.putLease({ channelId: "1000003", leasedBy: executionArn("spring-launch_1") });
      expect(await failureOf(setUp({ channels }).validate(aRequest({ ingestEndpoints: srt })))).to.equal(
        "ProvisionRequestInvalid: Channel 1000003 has RTMP_PUSH (rtmp): it has no input for ingestEndpoints[0] (srt).",
      );
    });

    it("gives no channel that pulls to a workflow of a release that sets no sources", async () => {
      const request = aRequest({ ingestEndpoints: rtmp });
      expect(await failureOf(setUp({ channels, setsInputs: false }).validate(request))).to.match(
        /^ProvisionRequestInvalid: .*request the stream again\. Channel 1000002/,
      );
    });
  });

  it("has no channel and no settings for a stream before the first deployment is done, and says so", async () => {
    const { handle } = setUp();
    const execution = { id: executionArn("a_1"), name: "a_1", startTime: leasedAt };
    const failure = await failureOf(
      handle({ version: 2, request: aRequest(), execution, leadTimeMinutes: null, held: false }),
    );
    expect(failure).to.match(/^Error: The item 'settings' is not in the table 'leases-.*deploy again\.$/);
  });

  it("tells nothing of settings that somebody has spoilt", async () => {
    await tables.putLeaseItem({ channelId: "settings", settings: "s3cret}" });
    const { handle, log } = setUp();
    const execution = { id: executionArn("a_1"), name: "a_1", startTime: leasedAt };
    const failure = await failureOf(
      handle({ version: 2, request: aRequest(), execution, leadTimeMinutes: null, held: false }),
    );
    expect(failure).to.match(/is not JSON, .* Deploy again\.$/);
    expect(failure + log.text()).to.not.include("s3cret");
  });

  it("gives a draining channel to no new stream, and to the attempt that has its lease", async () => {
    const channels: Channel[] = [{ channelId: "1000001", draining: true }, { channelId: "1000002" }];
    expect((await setUp({ channels }).validate()).channel?.channelId).to.equal("1000002");
    const full = await failureOf(setUp({ channels }).validate(aRequest({ streamId: "other" }), "other_1"));
    expect(full).to.match(
      /^NoChannelAvailable: Each of the 1 encoder channels is leased|^ChannelReleasePending/,
    );
    await tables.removeLease("1000002");
    await tables.putLease({ channelId: "1000001", leasedBy: executionArn("spring-launch_1") });
    expect((await setUp({ channels }).validate()).channel?.channelId).to.equal("1000001");
  });

  describe("given a payload of the release before", () => {
    const execution = (name: string) => ({ id: executionArn(name), name, startTime: leasedAt });

    it("takes the pool that comes with it, and leaves the rest to its definition", async () => {
      await tables.putSettings([{ channelId: "9" }]);
      const payload = { execution: execution("spring-launch_1"), channels: pool, leadTimeMinutes: null };
      const provision = await setUp().handle({ ...payload, request: aRequest(), held: false });
      expect(provision.channel?.channelId).to.be.oneOf(["1000001", "1000002"]);
      expect(provision.settings).to.equal(null);
    });

    it("takes the pool of today after a scheduled start", async () => {
      await tables.putSettings([{ channelId: "9" }]);
      await tables.putAttempt({ heldUntil: "2027-03-20T16:40:00.000Z" });
      const payload = { execution: execution("spring-launch_1"), channels: pool, leadTimeMinutes: 5 };
      const provision = await setUp().handle({ ...payload, request: aRequest(), held: true });
      expect(provision.channel?.channelId).to.equal("9");
    });
  });

  for (const version of [0, 3, "2", null]) {
    it(`refuses a payload of version ${JSON.stringify(version)}, and says which it takes`, async () => {
      const { handle } = setUp();
      const event = { version, request: aRequest(), leadTimeMinutes: null, held: false } as never;
      const execution = { id: executionArn("a_1"), name: "a_1", startTime: leasedAt };
      const failure = await failureOf(handle({ ...(event as object), execution } as never));
      expect(failure).to.equal(
        `PayloadVersionUnknown: The payload's version must be 1 or 2, received ${JSON.stringify(version)}. Deploy the functions of the release that the state machine is of, or of the one after.`,
      );
    });
  }

  it("returns the normalized request, its text, its number and its channel", async () => {
    const { validate, log } = setUp({ channels: pool.slice(0, 1) });
    const provision = await validate(aRequest({ startTime: "2027-03-20T19:00:00+01:00" }));
    const request = {
      streamId: "spring-launch",
      title: "Spring launch",
      startTime: "2027-03-20T18:00:00.000Z",
      ingestEndpoints: [{ protocol: "rtmps", url: "rtmps://ingest.example.com/live/secret-key" }],
      metadata: { desk: "7", region: "emea" },
    };
    expect(provision).to.deep.equal({
      request,
      requestText: JSON.stringify(request),
      attempt: 1,
      channel: {
        channelId: "1000001",
        originDomainName: "one.mediapackage.example.com",
        originPath: "/out",
      },
      heldUntil: null,
      settings: { ...attemptSettings, origin: originOfChannel("1000001") },
    });
    expect(await tables.leases()).to.deep.equal([
      {
        channelId: "1000001",
        leasedBy: executionArn("spring-launch_1"),
        streamId: "spring-launch",
        attempt: 1,
        leasedAt,
      },
    ]);
    expect(await tables.attempts(), "attempts are the workflow's to write").to.deep.equal([]);
    expect(log.text()).not.to.contain("secret-key");
  });

  it("says null and an empty path for a channel without an origin of its own", async () => {
    const { validate } = setUp({ channels: pool.slice(1) });
    expect((await validate()).channel).to.deep.equal({
      channelId: "1000002",
      originDomainName: null,
      originPath: "",
    });
  });

  for (const [name, request] of [
    ["nothing", undefined],
    ["null", null],
    ["text", "spring-launch"],
    ["an empty object", {}],
  ] as const) {
    it(`refuses ${name} as ProvisionRequestInvalid, and leases nothing`, async () => {
      const { handle } = setUp();
      const execution = { id: executionArn("a"), name: "a", startTime: leasedAt };
      expect(
        await failureOf(handle({ version: 2, request, execution, leadTimeMinutes: null, held: false })),
      ).to.match(/^ProvisionRequestInvalid: /);
      expect(await tables.leases()).to.deep.equal([]);
    });
  }

  it("lists every issue of a request that was started by hand", async () => {
    const failure = await failureOf(
      setUp().validate({ streamId: "x", title: "Spring", ingestEndpoints: [] }),
    );
    expect(failure).to.contain("streamId must match");
    expect(failure).to.contain("startTime is required.");
    expect(failure).to.contain("ingestEndpoints must have at least 1 element");
  });

  it("refuses a request above the API's limit", async () => {
    const failure = await failureOf(setUp().validate(aRequest({ metadata: { note: "x".repeat(65_536) } })));
    expect(failure).to.match(/^ProvisionRequestInvalid: body must have at most 65536 bytes, received \d+\.$/);
  });

  describe("the number of an attempt", () => {
    it("follows the latest", async () => {
      await tables.putAttempt({ attempt: 4, status: "FAILED" });
      expect((await setUp().validate(undefined, "by-hand")).attempt).to.equal(5);
    });

    it("is that of the execution's name where that is higher", async () => {
      await tables.putAttempt({ attempt: 4, status: "COMPLETE" });
      expect((await setUp().validate(undefined, "spring-launch_7")).attempt).to.equal(7);
    });

    it("is never one that was used", async () => {
      await tables.putAttempt({ attempt: 4, status: "FAILED" });
      expect((await setUp().validate(undefined, "spring-launch_2")).attempt).to.equal(5);
    });

    it("stays the same when the execution has its item already", async () => {
      await tables.putAttempt({ attempt: 4, executionArn: executionArn("spring-launch_4") });
      expect((await setUp().validate(undefined, "spring-launch_4")).attempt).to.equal(4);
    });
  });

  for (const status of ["PROVISIONING", "READY", "LIVE"] as const) {
    it(`refuses a second active attempt while the stream is ${status}`, async () => {
      await tables.putAttempt({ attempt: 2, status });
      const failure = await failureOf(setUp().validate(undefined, "by-hand"));
      expect(failure).to.match(
        new RegExp(`^StreamAlreadyActive: Stream 'spring-launch' is ${status} in attempt 2`),
      );
      expect(await tables.leases()).to.deep.equal([]);
    });
  }

  describe("the lease of a channel", () => {
    const other = { leasedBy: executionArn("other_1"), streamId: "other", attempt: 1 };

    it("gives two streams of one moment two channels", async () => {
      const { validate } = setUp();
      const [one, two] = await Promise.all([
        validate(aRequest({ streamId: "one" }), "one_1"),
        validate(aRequest({ streamId: "two" }), "two_1"),
      ]);
      expect([one.channel?.channelId, two.channel?.channelId].sort()).to.deep.equal(["1000001", "1000002"]);
    });

    it("gives one channel to one of many, and tells the others", async () => {
      const { validate } = setUp({ channels: pool.slice(0, 1) });
      const outcomes = await Promise.all(
        ["one", "two", "three"].map((streamId) =>
          failureOf(validate(aRequest({ streamId }), `${streamId}_1`)),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "nothing was thrown")).to.have.length(1);
      expect(
        outcomes.filter((outcome) => /^NoChannelAvailable: Each of the 1 /.test(outcome)),
      ).to.have.length(2);
    });

    it("begins at another channel for another stream, so that streams seldom meet", async () => {
      const channels = Array.from({ length: 20 }, (_, index) => ({ channelId: String(index) }));
      const taken = new Set<string>();
      for (let index = 0; index < 8; index++) {
        const { validate } = setUp({ channels });
        const { channel } = await validate(aRequest({ streamId: `stream-${index}` }), `run-${index}`);
        taken.add(channel?.channelId ?? "");
        await tables.removeLease(channel?.channelId ?? "");
      }
      expect(taken.size).to.be.above(5);
    });

    it("is on another channel for the next attempt, while the last one may still be stopping", async () => {
      for (const { channelId } of pool) {
        await tables.putAttempt({ status: "FAILED", channelId });
        const { channel } = await setUp().validate(undefined, "spring-launch_2");
        expect(channel?.channelId).not.to.equal(channelId);
        await tables.removeLease(channel?.channelId ?? "");
      }
    });

    it("is on the same channel again where the pool has no other", async () => {
      await tables.putAttempt({ status: "FAILED", channelId: "1000001" });
      const { channel } = await setUp({ channels: pool.slice(0, 1) }).validate(undefined, "spring-launch_2");
      expect(channel?.channelId).to.equal("1000001");
    });

    it("is found again by a repeated invocation, in a pool of more than a batch", async () => {
      const channels = Array.from({ length: 130 }, (_, index) => ({ channelId: String(index) }));
      for (const channelId of ["3", "129"]) {
        await tables.putLease({ channelId, ...(channelId === "3" ? other : {}) });
      }
      const { validate } = setUp({ channels });
      expect((await validate()).channel?.channelId).to.equal("129");
      expect(await tables.leases()).to.have.length(2);
    });

    it("asks again for the keys that a batch left out", async () => {
      await tables.putLease({ channelId: "1000002" });
      let left = 2;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) =>
        action === "BatchGetItem" && isOfLeases(input) && left-- > 0
          ? { Responses: {}, UnprocessedKeys: input.RequestItems }
          : pass(),
      );
      expect((await setUp({ dynamodb }).validate()).channel?.channelId).to.equal("1000002");
      expect(left).to.equal(-1);
    });

    it("tells of a channel that a late start of an earlier attempt may have started", async () => {
      const record = { channelId: "start/1000001", startedBy: executionArn("other_1") };
      const oneChannel = { channels: pool.slice(0, 1) };
      await tables.putLeaseItem({ ...record, startedAt: "2027-03-20T16:59:00.000Z" });
      expect((await setUp(oneChannel).validate()).channel).to.include({ startedHere: true });
      // A repeated invocation finds its own lease, and says the same.
      expect((await setUp(oneChannel).validate()).channel).to.include({ startedHere: true });
      await tables.putLeaseItem({ ...record, startedAt: "2027-03-18T16:00:00.000Z" });
      expect((await setUp(oneChannel).validate()).channel).not.to.have.property("startedHere");
    });

    describe("where a sweep has one", () => {
      const swept = { channelId: "1000001", leasedBy: "sweep", purpose: "sweep" };
      const onePool = pool.slice(0, 1);

      it("is taken from one that died: it ends within nine minutes, and this is older than ten", async () => {
        await tables.putLeaseItem({ ...swept, leasedAt: "2027-03-20T16:50:00.699Z" });
        const { channel } = await setUp({ channels: onePool }).validate();
        expect(channel?.channelId).to.equal("1000001");
        const [lease] = await tables.leases();
        expect(lease).to.include({ leasedBy: executionArn("spring-launch_1"), leasedAt });
        expect(lease).not.to.have.property("purpose");
      });

      it("is taken from one whose lease has expired, as the lease says", async () => {
        const expiresAt = Math.floor(Date.parse(leasedAt) / 1000);
        await tables.putLeaseItem({ ...swept, leasedAt: "2027-03-20T16:59:00.000Z", expiresAt });
        const { channel } = await setUp({ channels: onePool }).validate();
        expect(channel?.channelId).to.equal("1000001");
        expect((await tables.leases())[0]).not.to.have.any.keys("purpose", "expiresAt");
      });

      it("is left to one whose lease counts for another second", async () => {
        const expiresAt = Math.floor(Date.parse(leasedAt) / 1000) + 1;
        const running = { ...swept, leasedAt: "2027-03-20T16:40:00.000Z", expiresAt };
        await tables.putLeaseItem(running);
        expect(await failureOf(setUp({ channels: onePool }).validate())).to.match(/^ChannelReleasePending/);
        expect(await tables.leases()).to.deep.equal([running]);
      });

      it("is left to one of an earlier release that may run", async () => {
        const running = { ...swept, leasedAt: "2027-03-20T16:50:00.700Z" };
        await tables.putLeaseItem(running);
        expect(await failureOf(setUp({ channels: onePool }).validate())).to.match(/^ChannelReleasePending/);
        expect(await tables.leases()).to.deep.equal([running]);
      });

      it("is left to a sweep that took it over in that moment", async () => {
        await tables.putLeaseItem({ ...swept, leasedAt: "2027-03-20T16:40:00.000Z" });
        const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
          if (action === "PutItem") await tables.putLeaseItem({ ...swept, leasedBy: "next", leasedAt });
          return pass();
        });
        expect(await failureOf(setUp({ dynamodb, channels: onePool }).validate())).to.match(
          /^ChannelReleasePending/,
        );
        expect((await tables.leases())[0]).to.include({ leasedBy: "next" });
      });

      it("is never taken from an attempt, however old its lease", async () => {
        await tables.putAttempt({ streamId: "other", executionArn: other.leasedBy, status: "LIVE" });
        await tables.putLease({ ...other, leasedAt: "2027-03-19T17:00:00.000Z" });
        expect(await failureOf(setUp({ channels: onePool }).validate())).to.match(/^NoChannelAvailable/);
      });
    });

    it("is one and the same when the function dies after the lease was written", async () => {
      const dying = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        const answer = await pass();
        if (action === "PutItem") throw awsError("TimeoutError");
        return answer;
      });
      expect(await failureOf(setUp({ dynamodb: dying }).validate())).to.contain("TimeoutError");
      const [lease] = await tables.leases();
      const { channel } = await setUp().validate();
      expect(channel?.channelId).to.equal(lease?.channelId);
      expect(await tables.leases()).to.have.length(1);
    });

    it("keeps what the workflow has noted on it when an earlier try's write takes effect late", async () => {
      let late: (() => Promise<unknown>) | undefined;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action !== "PutItem" || late) return pass();
        late = pass;
        throw awsError("TimeoutError");
      });
      const channels = pool.slice(0, 1);
      expect(await failureOf(setUp({ dynamodb, channels }).validate())).to.contain("TimeoutError");
      await setUp({ channels }).validate();
      for (const noted of [{ originId: "origin" }, { startedAt: leasedAt }]) {
        await tables.putLease({ channelId: "1000001", ...noted });
        expect(await failureOf(late?.() ?? Promise.resolve())).to.match(/^ConditionalCheckFailed/);
        expect((await tables.leases())[0]).to.include(noted);
      }
    });

    it("counts as taken when the SDK repeats a write whose answer was lost", async () => {
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "PutItem") await pass();
        return pass();
      });
      await setUp({ dynamodb, channels: pool.slice(0, 1) }).validate();
      expect(await tables.leases()).to.have.length(1);
    });

    describe("where every channel is leased", () => {
      const onePool = pool.slice(0, 1);

      async function leasedTo(owner: Parameters<typeof tables.putAttempt>[0]) {
        await tables.putLease(other);
        await tables.putAttempt({ streamId: "other", executionArn: other.leasedBy, ...owner });
      }

      async function expectPending(pending: number, channels = onePool) {
        const before = await tables.leases();
        const failure = await failureOf(setUp({ channels }).validate());
        expect(failure).to.contain(
          `ChannelReleasePending: Each of the ${channels.length} encoder channels is leased; ${pending} of them will be free`,
        );
        expect(await tables.leases()).to.deep.equal(before);
      }

      async function expectNone() {
        const failure = await failureOf(setUp({ channels: onePool }).validate());
        expect(failure).to.match(/^NoChannelAvailable/);
        expect((await tables.leases())[0]).to.include({ leasedBy: other.leasedBy });
      }

      for (const owner of [
        { status: "FAILED" },
        { status: "COMPLETE", readyAt: leasedAt },
        { status: "COMPLETE", readyAt: leasedAt, ownsChannel: true },
      ] as const) {
        it(`asks for a later try while one is undone: ${JSON.stringify(owner)}`, async () => {
          await leasedTo(owner);
          await expectPending(1);
        });
      }

      it("asks for a later try where viewers may watch one for nine minutes, and refuses at once before", async () => {
        await leasedTo({ status: "COMPLETE", readyAt: leasedAt, graceUntil: "2027-03-20T17:09:00.700Z" });
        await expectPending(1);
        await leasedTo({ status: "COMPLETE", readyAt: leasedAt, graceUntil: "2027-03-20T17:09:00.701Z" });
        await expectNone();
      });

      it("asks for a later try while the sweep looks at one, and counts those that are to be free", async () => {
        await tables.putLeaseItem({ channelId: "1000001", leasedBy: "sweep", leasedAt, purpose: "sweep" });
        await tables.putLease({ ...other, channelId: "1000002" });
        await tables.putAttempt({ streamId: "other", executionArn: other.leasedBy, status: "LIVE" });
        await expectPending(1, pool);
      });

      it("asks for a later try where another execution made the attempt, so that the lease's will fail", async () => {
        await leasedTo({ status: "LIVE", executionArn: "x" });
        await expectPending(1);
      });

      it("asks for a later try where no item came in a minute, as its execution has died", async () => {
        await tables.putLease({ ...other, leasedAt: "2027-03-20T16:59:00.699Z" });
        await expectPending(1);
      });

      it("asks for a later try when a channel is given back in that moment", async () => {
        await leasedTo({ status: "LIVE" });
        let reads = 0;
        const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) => {
          if (action === "BatchGetItem" && isOfLeases(input) && ++reads === 2)
            await tables.removeLease("1000001");
          return pass();
        });
        expect(await failureOf(setUp({ dynamodb, channels: onePool }).validate())).to.match(
          /^ChannelReleasePending/,
        );
      });

      for (const [name, owner] of [
        ["is not READY yet", { status: "PROVISIONING" }],
        ["is READY", { status: "READY", readyAt: leasedAt }],
        ["is LIVE", { status: "LIVE", readyAt: leasedAt }],
      ] as const) {
        it(`refuses at once where its attempt ${name}`, async () => {
          await leasedTo(owner);
          await expectNone();
        });
      }

      it("refuses at once where its attempt is about to be persisted", async () => {
        await tables.putLease({ ...other, leasedAt: "2027-03-20T16:59:00.700Z" });
        await expectNone();
      });
    });

    it("has the attempt's number of now where a repeated invocation finds another", async () => {
      await tables.putLease({ channelId: "1000001", attempt: 1 });
      await tables.putAttempt({ status: "FAILED", executionArn: executionArn("by-hand") });
      expect((await setUp().validate()).attempt).to.equal(2);
      expect(await tables.leases()).to.have.length(1);
      expect((await tables.leases())[0]).to.include({ channelId: "1000001", attempt: 2 });
    });
  });

  describe("a stream that is COMPLETE and still watched", () => {
    const watched = {
      status: "COMPLETE",
      readyAt: leasedAt,
      graceUntil: "2027-03-20T17:30:00.000Z",
    } as const;
    const started = {
      stateMachineArn: teardownStateMachineArn,
      input: {
        streamId: "spring-launch",
        attempt: 1,
        channelId: "1000001",
        reason: "The stream was requested again.",
      },
    };

    it("is not watched any more when it is requested again", async () => {
      await tables.putAttempt(watched);
      const { validate, teardowns } = setUp();
      await validate(undefined, "spring-launch_2");
      expect(teardowns).to.deep.equal([started]);
      expect((await tables.attempts())[0]).to.include({ graceUntil: leasedAt });
    });

    it("has a teardown started once more, where the first start was lost", async () => {
      await tables.putAttempt({ ...watched, graceUntil: "2027-03-20T17:00:00.000Z" });
      const { validate, teardowns } = setUp();
      await validate(undefined, "spring-launch_2");
      expect(teardowns).to.deep.equal([started]);
      expect((await tables.attempts())[0]).to.include({ graceUntil: "2027-03-20T17:00:00.000Z" });
    });

    for (const status of ["RUNNING", "DONE", "INCOMPLETE"] as const) {
      it(`has no teardown started where one is ${status}`, async () => {
        await tables.putAttempt({ ...watched, teardown: { status, executionArn: "x", startedAt: leasedAt } });
        const { validate, teardowns } = setUp();
        await validate(undefined, "spring-launch_2");
        expect(teardowns).to.deep.equal([]);
      });
    }

    it("is watched on while the new request is held, and not after that", async () => {
      await tables.putAttempt(watched);
      const { validate, teardowns } = setUp({ leadTimeMinutes: 20 });
      await validate(undefined, "spring-launch_2");
      expect(teardowns).to.deep.equal([]);
      await tables.putAttempt({ attempt: 2, heldUntil: "2027-03-20T17:40:00.000Z" });
      const after = setUp({ leadTimeMinutes: 20, held: true });
      await after.validate(undefined, "spring-launch_2");
      expect(after.teardowns).to.deep.equal([started]);
    });
  });

  describe("a start that lies in the future", () => {
    // The request's start is an hour after the clock of these tests.
    it("is held until its lead time, without a channel", async () => {
      const provision = await setUp({ leadTimeMinutes: 20 }).validate();
      expect(provision).to.include({ attempt: 1, channel: null, heldUntil: "2027-03-20T17:40:00.000Z" });
      expect(provision.requestText).to.equal(JSON.stringify(provision.request));
      expect(await tables.leases()).to.deep.equal([]);
    });

    for (const [name, leadTimeMinutes] of [
      ["no lead time is set", null],
      ["its lead time has begun", 60],
      ["its lead time has long begun", 600],
    ] as const) {
      it(`gets a channel at once where ${name}`, async () => {
        const { channel, heldUntil } = await setUp({ leadTimeMinutes }).validate();
        expect(channel?.channelId).to.be.oneOf(["1000001", "1000002"]);
        expect(heldUntil).to.equal(null);
      });
    }

    it("gets a channel in the very moment in which its lead time begins", async () => {
      const request = aRequest({ startTime: "2027-03-20T18:00:00.700Z" });
      expect((await setUp({ leadTimeMinutes: 60 }).validate(request)).heldUntil).to.equal(null);
    });

    it("gets its channel after the hold, however early that ended", async () => {
      await tables.putAttempt({ heldUntil: "2027-03-20T17:40:00.000Z" });
      const provision = await setUp({ leadTimeMinutes: 20, held: true }).validate();
      expect(provision).to.include({ attempt: 1, heldUntil: null });
      expect(await tables.leases()).to.have.length(1);
    });

    for (const [name, attempts] of [
      ["its attempt is COMPLETE", [{ status: "COMPLETE" }]],
      ["its attempt is FAILED", [{ status: "FAILED" }]],
      ["another has ended since", [{ status: "COMPLETE" }, { attempt: 2, status: "FAILED" }]],
      ["another is active", [{ status: "COMPLETE" }, { attempt: 2, status: "LIVE" }]],
    ] as const) {
      it(`gets none after the hold where ${name}`, async () => {
        for (const attempt of attempts) await tables.putAttempt(attempt);
        const failure = await failureOf(setUp({ leadTimeMinutes: 20, held: true }).validate());
        expect(failure).to.match(/^StreamCancelled: Stream 'spring-launch' was cancelled/);
        expect(await tables.leases()).to.deep.equal([]);
      });
    }

    it("must be within 360 days, as an execution lasts a year at most", async () => {
      const startTime = "2028-03-14T17:00:00.701Z";
      const request = aRequest({ startTime });
      expect(await failureOf(setUp({ leadTimeMinutes: 20 }).validate(request))).to.equal(
        `ProvisionRequestInvalid: startTime must be within 360 days, received "${startTime}".`,
      );
      const limit = aRequest({ startTime: "2028-03-14T17:00:00.700Z" });
      expect((await setUp({ leadTimeMinutes: 20 }).validate(limit)).channel).to.equal(null);
      expect((await setUp().validate(request)).channel).not.to.equal(null);
    });
  });
});
