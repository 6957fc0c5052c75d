import { expect } from "chai";
import fc from "fast-check";
import { hasEnded, type StreamStatus, transition } from "../../contracts";
import type { StreamModel, StreamSystem } from "./stream-system";

/** What is done to the streams, each in words that a failing run is read in. */
export type StreamCommand = fc.AsyncCommand<StreamModel, StreamSystem>;

const titles = ["Spring launch", "Autumn launch"];
export const streamCount = 2;
const stream = fc.nat({ max: streamCount - 1 });

/** @returns a command that is possible at any time. */
function command(
  text: string,
  run: (model: StreamModel, system: StreamSystem) => Promise<unknown> | unknown,
): StreamCommand {
  return {
    check: () => true,
    async run(model, system) {
      await run(model, system);
      await system.look();
    },
    toString: () => text,
  };
}

const request = (number: number, title: string) =>
  command(`POST stream ${number} '${title}'`, async ({ streams }, system) => {
    const story = system.story(number);
    const before = (await story.attempts()).at(-1);
    const known = streams[number];
    const answer = await story.request({ title });
    if (answer >= 500 || !known) return;
    const isActive = before !== undefined && !hasEnded(before.status);
    if (isActive) expect(answer, "the answer while it is active").to.equal(known.title === title ? 202 : 409);
    if (answer === 202) known.title = title;
  });

/** Workflows take time between their calls: streams that are requested without any in between update the distribution together. */
const requestAll = command("POST every stream at once", async (model, system) => {
  await Promise.all(
    model.streams.map(async (known, number) => {
      const answer = await system
        .story(number)
        .request(known.title === undefined ? {} : { title: known.title });
      if (answer === 202) known.title ??= system.world.requestFor(system.story(number).streamId).title;
    }),
  );
});

const put = (number: number, status: StreamStatus) =>
  command(`PUT stream ${number} ${status}`, async (_model, system) => {
    const story = system.story(number);
    const before = (await story.attempts()).at(-1)?.status;
    const answer = await story.put(status);
    if (answer >= 500) return;
    // A call of the function was tried again, and the stream was stored meanwhile.
    if (before === undefined && (await story.attempts()).length > 0) return;
    const isForbidden = before !== undefined && transition(before, status) === "forbidden";
    expect(answer, `the answer to ${status} while it is ${before}`).to.equal(
      before === undefined ? 404 : isForbidden ? 400 : 200,
    );
  });

const announce = (number: number, status: StreamStatus, age: "latest" | "previous" | "none") =>
  command(`event ${status} for stream ${number}, attempt ${age}`, async (_model, system) => {
    const story = system.story(number);
    const latest = (await story.attempts()).at(-1)?.attempt ?? 1;
    const attempt = { latest, previous: Math.max(1, latest - 1), none: undefined }[age];
    await story.announce(status, attempt === undefined ? {} : { attempt });
  });

const stop = (number: number) =>
  command(`stop the execution of stream ${number}`, (_model, system) => system.story(number).stop());

const killChannel = (number: number) =>
  command(`the channel of stream ${number} dies`, async (_model, system) => {
    const story = system.story(number);
    if (await story.killChannel()) story.noteLoss();
  });

const changeInput = (number: number, change: "loseInput" | "restoreInput") =>
  command(`${change} of stream ${number}`, (_model, system) => system.story(number).changeInput(change));

const advance = (seconds: number) =>
  command(`${seconds} seconds pass`, (_model, { world }) => world.local.clock.advance({ seconds }));

const sweep = command("sweep", (_model, { world }) => world.local.streams.sweep());

/** Every command. */
export const commands: fc.Arbitrary<StreamCommand>[] = [
  fc.tuple(stream, fc.constantFrom(...titles)).map(([number, title]) => request(number, title)),
  fc
    .tuple(stream, fc.constantFrom<StreamStatus>("READY", "READY", "LIVE", "FAILED", "COMPLETE"))
    .map(([number, status]) => put(number, status)),
  fc
    .tuple(
      stream,
      fc.constantFrom<StreamStatus>("READY", "FAILED"),
      fc.constantFrom("latest" as const, "previous" as const, "none" as const),
    )
    .map((args) => announce(...args)),
  fc.constant(requestAll),
  stream.map(stop),
  stream.map(killChannel),
  fc.tuple(stream, fc.constantFrom("loseInput", "restoreInput")).map((args) => changeInput(...args)),
  fc.constantFrom(1, 5, 5, 30, 60, 300, 1200).map(advance),
  fc.constant(sweep),
];
