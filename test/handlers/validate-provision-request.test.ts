import { expect } from "chai";
import type { Channel } from "../../handlers/shared/lease-channel";
import { createValidateProvisionRequest } from "../../handlers/validate-provision-request";
import { awsError, interceptedClient, recordingLog } from "./support/fakes";
import { aRequest } from "./support/http-events";
import { executionArn, useTables } from "./support/tables";

const leasedAt = "2027-03-20T17:00:00.700Z";
const pool: Channel[] = [
  { channelId: "1000001", originDomainName: "one.mediapackage.example.com", originPath: "/out" },
  { channelId: "1000002" },
];

describe("ValidateProvisionRequest", () => {
  const tables = useTables();

  function setUp({ dynamodb = tables.dynamodb, channels = pool } = {}) {
    const log = recordingLog();
    const { tableName, leaseTableName } = tables;
    const now = () => new Date(leasedAt);
    const wait = async () => {};
    const handle = createValidateProvisionRequest({ dynamodb, tableName, leaseTableName, now, wait, log });
    const validate = (request: unknown = aRequest(), name = "spring-launch_1") =>
      handle({
        request,
        channels,
        execution: { id: executionArn(name), name, startTime: "2027-03-20T17:00:00.500Z" },
      });
    return { validate, handle, log };
  }

  /** @returns what was thrown, as `name: message`. */
  async function failureOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(() => "nothing was thrown", String);
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
        takenOver: false,
      },
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
      takenOver: false,
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
      expect(await failureOf(handle({ request, execution, channels: pool }))).to.match(
        /^ProvisionRequestInvalid: /,
      );
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
      expect([one.channel.channelId, two.channel.channelId].sort()).to.deep.equal(["1000001", "1000002"]);
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
        taken.add(channel.channelId);
        await tables.removeLease(channel.channelId);
      }
      expect(taken.size).to.be.above(5);
    });

    it("is on another channel for the next attempt, while the last one may still be stopping", async () => {
      for (const { channelId } of pool) {
        await tables.putAttempt({ status: "FAILED", channelId });
        const { channel } = await setUp().validate(undefined, "spring-launch_2");
        expect(channel.channelId).not.to.equal(channelId);
        await tables.removeLease(channel.channelId);
      }
    });

    it("is on the same channel again where the pool has no other", async () => {
      await tables.putAttempt({ status: "FAILED", channelId: "1000001" });
      const { channel } = await setUp({ channels: pool.slice(0, 1) }).validate(undefined, "spring-launch_2");
      expect(channel.channelId).to.equal("1000001");
    });

    it("is found again by a repeated invocation, in a pool of more than a batch", async () => {
      const channels = Array.from({ length: 130 }, (_, index) => ({ channelId: String(index) }));
      for (const channelId of ["3", "129"]) {
        await tables.putLease({ channelId, ...(channelId === "3" ? other : {}) });
      }
      const { validate } = setUp({ channels });
      expect((await validate()).channel.channelId).to.equal("129");
      expect(await tables.leases()).to.have.length(2);
    });

    it("asks again for the keys that a batch left out", async () => {
      await tables.putLease({ channelId: "1000002" });
      let left = 2;
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action, input }, pass) =>
        action === "BatchGetItem" && left-- > 0
          ? { Responses: {}, UnprocessedKeys: input.RequestItems }
          : pass(),
      );
      expect((await setUp({ dynamodb }).validate()).channel.channelId).to.equal("1000002");
      expect(left).to.equal(-1);
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
      expect(channel.channelId).to.equal(lease?.channelId);
      expect(await tables.leases()).to.have.length(1);
    });

    it("counts as taken when the SDK repeats a write whose answer was lost", async () => {
      const dynamodb = interceptedClient(tables.dynamodb, async ({ action }, pass) => {
        if (action === "PutItem") await pass();
        return pass();
      });
      await setUp({ dynamodb, channels: pool.slice(0, 1) }).validate();
      expect(await tables.leases()).to.have.length(1);
    });

    describe("of an attempt that has ended", () => {
      const onePool = pool.slice(0, 1);

      async function leasedTo(owner: Parameters<typeof tables.putAttempt>[0]) {
        await tables.putLease(other);
        await tables.putAttempt({ streamId: "other", executionArn: other.leasedBy, ...owner });
      }

      for (const status of ["FAILED", "COMPLETE"] as const) {
        it(`is taken over after ${status}, and the workflow is told so`, async () => {
          await leasedTo({ status, readyAt: leasedAt });
          const { channel } = await setUp({ channels: onePool }).validate();
          expect(channel).to.include({ channelId: "1000001", takenOver: true });
          expect(await tables.leases()).to.deep.equal([
            {
              channelId: "1000001",
              leasedBy: executionArn("spring-launch_1"),
              streamId: "spring-launch",
              attempt: 1,
              leasedAt,
              takenOver: true,
            },
          ]);
        });
      }

      it("is known to be taken over by a repeated invocation too", async () => {
        await leasedTo({ status: "COMPLETE", readyAt: leasedAt });
        const { validate } = setUp({ channels: onePool });
        const first = await validate();
        expect(await validate()).to.deep.equal(first);
      });

      it("goes to one of two who want it", async () => {
        await leasedTo({ status: "COMPLETE", readyAt: leasedAt });
        const { validate } = setUp({ channels: onePool });
        const outcomes = await Promise.all(
          ["one", "two"].map((streamId) => failureOf(validate(aRequest({ streamId }), `${streamId}_1`))),
        );
        expect(outcomes.filter((outcome) => outcome === "nothing was thrown")).to.have.length(1);
      });

      for (const [name, owner] of [
        ["is not READY yet", { status: "PROVISIONING" }],
        ["is LIVE", { status: "LIVE", readyAt: leasedAt }],
        ["FAILED before it was ready, and may still be cleaning up", { status: "FAILED" }],
        [
          "has its number, but is another execution's",
          { status: "COMPLETE", readyAt: leasedAt, executionArn: "x" },
        ],
      ] as const) {
        it(`stays where its attempt ${name}`, async () => {
          await leasedTo(owner);
          const failure = await failureOf(setUp({ channels: onePool }).validate());
          expect(failure).to.match(/^NoChannelAvailable/);
          expect((await tables.leases())[0]).to.include({ leasedBy: other.leasedBy });
        });
      }

      it("stays where its attempt is not persisted yet", async () => {
        await tables.putLease(other);
        const failure = await failureOf(setUp({ channels: onePool }).validate());
        expect(failure).to.match(/^NoChannelAvailable/);
      });

      it("is taken only when no channel is free", async () => {
        await leasedTo({ status: "COMPLETE", readyAt: leasedAt });
        for (const streamId of ["one", "two", "three", "four"]) {
          const { channel } = await setUp().validate(aRequest({ streamId }), "same-execution");
          expect(channel.channelId).to.equal("1000002");
        }
      });
    });
  });
});
