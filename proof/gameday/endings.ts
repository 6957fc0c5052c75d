import type { Expectation } from "./ending";

/** What a stream that is ready has of its own. The schedule is the one that ends it if nobody does. */
export const inUse = "channel running, playback entry, origin, lease, schedule";

/** What is told of a stream that has its channel. */
export const begun = "requested, PROVISIONING by orchestrator";

/** A stream that came to be ready, as it is to be. */
export const ready: Expectation = {
  saw: "POST 202, PUT 200",
  ended: "READY (execution SUCCEEDED)",
  left: inUse,
  told: `${begun}, READY by api, READY by orchestrator`,
  onCall: 0,
  alarms: "none",
};

/** The same for a stream whose workflow waited as long as it may. */
export const readyAfterTimeout: Expectation = { ...ready, ended: "READY (execution SUCCEEDED after 15 min)" };

/** A stream that failed, with nothing of it left. */
export const failed: Expectation = {
  saw: "POST 202",
  ended: "FAILED (execution FAILED)",
  left: "nothing",
  told: `${begun}, FAILED by orchestrator`,
  onCall: 1,
  alarms: "none",
};

/** A stream that nobody confirmed. */
export const failedAfterTimeout: Expectation = {
  ...failed,
  ended: "FAILED (execution FAILED after 15 min)",
};

/** A stream that was ready and is over, with nothing of it left. */
export const completed: Expectation = {
  ...ready,
  saw: "POST 202, PUT 200, PUT 200",
  ended: "COMPLETE (execution SUCCEEDED, teardown DONE)",
  left: "nothing",
  told: `${begun}, READY by api, READY by orchestrator, COMPLETE by api`,
};

/** A stream whose execution was stopped, with nothing of it left. */
export const recovered: Expectation = {
  ...failed,
  ended: "FAILED (execution ABORTED, teardown DONE)",
};

/** What an event leaves that reached nobody: the letter until somebody redrives it, and the alarm as long. */
export const deadLetter = "dead letter, alarm on";
