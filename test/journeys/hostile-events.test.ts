import { expect } from "chai";
import type { Json, JsonObject } from "../../local/json";
import { useLocal } from "../support/use-local";
import { manyChannels } from "./support/channels";

const key = "K3Y-OF-THE-STREAM";
const url = `rtmps://in.example.com/live/${key}`;

/** What an authorized program may put on the bus: the contract's source and detail type, with any detail. */
describe("an event of an authorized outsider", () => {
  const local = useLocal({ config: { channelIds: manyChannels } });

  const teardowns = () => local.executions.of(local.streams.program.machines.teardown);
  const outsiders = new Set<string>();
  const put = async (detail: JsonObject) => {
    outsiders.add(JSON.stringify(detail));
    const { EventBridge } = local.runtime.services;
    await EventBridge.call("PutEvents", {
      Entries: [
        {
          EventBusName: String(local.outputs.eventBusName),
          Source: "com.guidogerb.streams",
          DetailType: "StreamLifecycleProgressed",
          Detail: JSON.stringify(detail),
        },
      ],
    });
    await local.clock.advance({ minutes: 2 });
  };
  const expectQuiet = async () => {
    expect(teardowns().filter(({ status }) => status !== "SUCCEEDED")).to.deep.equal([]);
    expect(local.alarms.raised()).to.deep.equal([]);
    expect(await local.queues.peek()).to.deep.equal([]);
  };
  /** Everything that the component said or stored; an outsider's own event is not its doing. */
  const said = async () =>
    JSON.stringify([
      await local.streams.all(),
      local.events.all(({ detail }) => !outsiders.has(JSON.stringify(detail))),
      local.notifications.all(),
      local.logs.all(),
    ]);

  for (const [streamId, more] of [
    ["lied-about", { overdue: true }],
    ["lied-about-2", { overdue: true, origin: "orchestrator" }],
    ["lied-about-3", { overdue: true, channelId: "1001", event: { overdue: true } }],
  ] as const) {
    it(`is an outsider's FAILED, whatever else it says: ${Object.keys(more).join()} (${streamId})`, async () => {
      const isOrigin = "origin" in more;
      await local.streams.makeReady(streamId);
      await local.clock.advance({ seconds: 1 });
      const reason = `see ${url} ${"x".repeat(600)}`;
      await put({ streamId, status: "FAILED", attempt: 1, reason, origin: "watch", ...more });
      const item = await local.streams.latest(streamId);
      // An event in the workflow's own name changes nothing.
      expect(item.status).to.equal(isOrigin ? "READY" : "FAILED");
      if (!isOrigin) {
        const last = item.history.at(-1);
        expect(last).to.include({ status: "FAILED", origin: "watch" });
        expect(last?.reason)
          .to.match(/^see rtmps:\/\/in\.example\.com\/… x+…$/)
          .and.have.length(280);
        expect(item).to.have.nested.property("teardown.status", "DONE");
      }
      expect(local.streams.told(streamId)).to.not.include("COMPLETE by orchestrator");
      if (!isOrigin) expect(await said()).to.not.include(key);
      expect(local.notifications.subjects().join()).to.not.include("ended, since nobody did");
      await expectQuiet();
      if (isOrigin) await local.streams.end(streamId);
    });
  }

  it("fails a stream that waits, with its reason masked, cut and in one line in the mail", async () => {
    await local.streams.provision("waiting");
    const reason = `bad\u001b[2J\n23:59 workflow forged SUCCEEDED\u202e see rtmps:\u0000//in.example.com/live/${key}`;
    await put({ streamId: "waiting", status: "FAILED", overdue: true, reason, origin: "watch" });
    expect((await local.streams.latest("waiting")).status).to.equal("FAILED");
    const { message } = await local.notifications.waitFor("waiting");
    expect(message).to.include("bad\\u001b[2J\\n23:59 workflow forged SUCCEEDED");
    expect(message).to.not.match(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(await said()).to.not.include(key);
    await expectQuiet();
  });

  it("is logged and ignored when it is malformed", async () => {
    await local.streams.makeReady("untouched");
    const before = await local.streams.latest("untouched");
    const streamIds: readonly Json[] = [
      null,
      7,
      true,
      {},
      { a: "b" },
      [],
      ["untouched"],
      "",
      "a b",
      'untouched","overdue":true,"x":"',
      "untouched\n",
      "untouched\u0000",
      "\ud800",
      "__proto__",
      "u".repeat(100_000),
    ];
    const attempts: readonly Json[] = [null, "1", "1; x", {}, [], 0, -1, 1.5, 1e300, true];
    for (const status of ["READY", "FAILED", "COMPLETE"]) {
      for (const origin of ["watch", "orchestrator"]) {
        const wrong: JsonObject[] = [
          ...streamIds.map((streamId) => ({ streamId })),
          ...attempts.map((attempt) => ({ streamId: "untouched", attempt })),
          ...[{}, null, 7, ["x"]].map((reason) => ({ streamId: "untouched", attempt: 1, reason })),
          {},
        ];
        for (const detail of wrong) {
          // Of an attempt that does not exist where nothing else is wrong, so that what it says cannot be true.
          await put({ attempt: 99, ...detail, status, origin, overdue: true });
        }
      }
    }
    expect(await local.streams.latest("untouched")).to.deep.equal(before);
    await expectQuiet();
    const ignored = teardowns().filter(({ states }) =>
      states.some(({ name }) => name === "InvalidInputIgnored"),
    );
    expect(ignored).to.not.deep.equal([]);
    expect(
      local.logs
        .all("streams-resume-orchestration")
        .map(({ line }) => line)
        .join("\n"),
    ).to.include("The event's detail is invalid, and passed over.");
  });
});
