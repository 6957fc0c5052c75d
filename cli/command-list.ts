import type { Command } from "./cli";

/** Each command is loaded when it is called: printing a document needs no SDK, and redriving needs no runtime. */
export const commands: {
  readonly [name: string]: { readonly summary: string; readonly load: () => Command };
} = {
  dev: {
    summary: "runs the Pulumi program of this folder locally, without deploying it",
    load: () => (require("./commands/dev") as typeof import("./commands/dev")).dev,
  },
  demo: {
    summary: "provisions one stream in a local runtime of its own, and shows each state",
    load: () => (require("./commands/demo") as typeof import("./commands/demo")).demo,
  },
  list: {
    summary: "lists the streams of a deployment",
    load: () => (require("./commands/list") as typeof import("./commands/list")).list,
  },
  get: {
    summary: "shows a stream, its attempts or its ingest URLs",
    load: () => (require("./commands/get") as typeof import("./commands/get")).get,
  },
  confirm: {
    summary: "confirms that a stream is READY, or that it FAILED",
    load: () => (require("./commands/confirm") as typeof import("./commands/confirm")).confirm,
  },
  end: {
    summary: "ends a stream",
    load: () => (require("./commands/end") as typeof import("./commands/end")).end,
  },
  watch: {
    summary: "follows a stream until it ends; the exit code says how",
    load: () => (require("./commands/watch") as typeof import("./commands/watch")).watch,
  },
  redrive: {
    summary: "hands a deployed stack's dead letters to the targets that did not get them",
    load: () => (require("./commands/redrive") as typeof import("./commands/redrive")).redrive,
  },
  definition: {
    summary: "prints a state machine's definition as it would be deployed",
    load: () => (require("./commands/print") as typeof import("./commands/print")).definition,
  },
  check: {
    summary: "checks state machine definitions as CreateStateMachine does",
    load: () => (require("./commands/check") as typeof import("./commands/check")).check,
  },
  openapi: {
    summary: "prints the OpenAPI document",
    load: () => (require("./commands/print") as typeof import("./commands/print")).openapi,
  },
  asyncapi: {
    summary: "prints the AsyncAPI document of the events",
    load: () => (require("./commands/print") as typeof import("./commands/print")).asyncapi,
  },
  graph: {
    summary: "prints every resource that the program registers",
    load: () => (require("./commands/print") as typeof import("./commands/print")).graph,
  },
};
