/** What goes wrong in a case; docs/guarantees.md has a row for each. */
export const dimensions = {
  none: "nothing: the journey alone",
  call: "a call fails, or its answer is lost",
  kill: "a function dies before or after a call",
  stop: "an execution is stopped after a call",
  stopBefore: "an execution is stopped before a call",
  redrive: "an execution is stopped at a call and redriven, at once or after its cleanup",
  late: "a call takes effect minutes after its caller gave it up, was stopped or died",
  sweep: "a sweep runs in the middle",
  guard: "a guard dies, and a stream is requested before the guard's next run",
  delivery: "an event is late, doubled, overtaken or refused",
  lie: "an event lies",
  foreign: "another program's entries in the distribution",
  channel: "a channel dies",
  hand: "somebody deletes an item by hand",
  deployment: "a redeployment with another pool or distribution",
} as const;

export type Dimension = keyof typeof dimensions;
