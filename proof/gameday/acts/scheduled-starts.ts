import { failed, ready } from "../endings";
import type { Act, Situation } from "../situation";

const config = { leadTimeMinutes: "30", sweepIntervalMinutes: "60" };

/** Streams that are requested hours before they start. */
export const scheduledStarts: Act = {
  title: "Starts that are held",
  situations: () => [
    {
      name: "a start that is held",
      done: "requested five hours ahead where channels start 30 minutes ahead; looked at after four hours",
      config,
      expected: {
        ...ready,
        saw: "POST 202",
        ended: "PROVISIONING (execution RUNNING)",
        left: "execution running",
        told: "requested",
      },
      async play(stage) {
        const { local, streamId } = stage;
        await local.streams.request(streamId, { startTime: stage.inHours(5) });
        await local.clock.advance({ hours: 4 });
      },
    },
    {
      name: "a held start, run at its time",
      done: "requested five hours ahead, confirmed READY half an hour ahead",
      config,
      expected: { ...ready, ended: "READY (execution SUCCEEDED after 270 min)" },
      async play(stage) {
        const { local, streamId } = stage;
        await local.streams.request(streamId, { startTime: stage.inHours(5) });
        await local.clock.advance({ hours: 4, minutes: 30, seconds: 10 });
        await local.streams.confirm(streamId, "READY");
      },
    },
    ...(["COMPLETE", "FAILED"] as const).map(
      (status) =>
        ({
          name: `a held start, cancelled by ${status}`,
          done: `requested five hours ahead, ${status} after an hour`,
          config,
          expected: {
            ...failed,
            saw: "POST 202, PUT 200",
            ended: `${status} (execution FAILED after 60 min)`,
            told: `requested, ${status} by api${status === "FAILED" ? ", FAILED by orchestrator" : ""}`,
            // Whoever cancelled it knows.
            onCall: 0,
          },
          play: async (stage) => {
            const { local, streamId } = stage;
            await local.streams.request(streamId, { startTime: stage.inHours(5) });
            await local.clock.advance({ hours: 1 });
            await local.streams.update(streamId, status);
            await local.executions.advanceUntil(streamId);
          },
        }) satisfies Situation,
    ),
    {
      name: "a held start, stopped by an operator",
      done: "requested five hours ahead; its execution was stopped after an hour",
      config,
      expected: {
        ...failed,
        ended: "FAILED (execution ABORTED after 60 min)",
        told: /^requested(, requested)?, FAILED by orchestrator$/,
      },
      async play(stage) {
        const { local, streamId } = stage;
        await local.streams.request(streamId, { startTime: stage.inHours(5) });
        await local.clock.advance({ hours: 1 });
        await local.executions.stop(streamId);
      },
    },
  ],
};
