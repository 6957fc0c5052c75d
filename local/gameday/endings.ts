import type { Expectation } from "./situation";

/** What a stream that is ready has of its own. */
export const inUse = "channel running, playback entry, origin, lease";

/** A stream that came to be ready, as it is to be. */
export const ready: Expectation = {
  saw: "POST 202, PUT 200",
  ended: "READY (execution SUCCEEDED)",
  left: inUse,
  told: "requested, READY by api, READY by orchestrator",
  onCall: 0,
};

/** The same for a stream whose workflow waited as long as it may. */
export const readyAfterTimeout: Expectation = { ...ready, ended: "READY (execution SUCCEEDED after 15 min)" };

/** A stream that failed, with nothing of it left. */
export const failed: Expectation = {
  saw: "POST 202",
  ended: "FAILED (execution FAILED)",
  left: "nothing",
  told: "requested, FAILED by orchestrator",
  onCall: 1,
};

/** A stream that nobody confirmed. */
export const failedAfterTimeout: Expectation = {
  ...failed,
  ended: "FAILED (execution FAILED after 15 min)",
};
