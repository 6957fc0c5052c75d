import fc from "fast-check";
import type { CallFault, DeliverySite, Faults, Kill } from "../../local/faults/faults";
import type { StreamCommand } from "./commands";

/** The calls that are broken: those on which the guarantees rest. */
const calls = [
  { service: "DynamoDB", action: "Query" },
  { service: "DynamoDB", action: "PutItem" },
  { service: "DynamoDB", action: "UpdateItem" },
  { service: "DynamoDB", action: "DeleteItem" },
  { service: "EventBridge", action: "PutEvents" },
  { service: "MediaLive", action: "StartChannel" },
  { service: "MediaLive", action: "StopChannel" },
  { service: "CloudFront", action: "UpdateDistribution" },
  { service: "StepFunctions", action: "StartExecution" },
  { service: "StepFunctions", action: "SendTaskSuccess" },
  { service: "Lambda", action: "Invoke" },
] as const satisfies readonly Pick<CallFault, "service" | "action">[];

const kills: readonly Kill[] = [
  { function: "streams-create-stream-workflow", at: { service: "StepFunctions", action: "StartExecution" } },
  { function: "streams-validate-provision-request", at: { service: "DynamoDB", action: "PutItem" } },
  { function: "streams-update-stream-status", at: { service: "EventBridge", action: "PutEvents" } },
  { function: "streams-resume-orchestration", at: { service: "DynamoDB", action: "UpdateItem" } },
  { function: "streams-handle-provision-failure", at: { service: "DynamoDB", action: "UpdateItem" } },
  { function: "streams-recover-execution", at: { service: "DynamoDB", action: "UpdateItem" } },
  { function: "streams-sweep-streams", at: { service: "DynamoDB", action: "Query" } },
];

/** @returns a command that sets up a fault, which the next matching call or delivery meets. */
function trouble(text: string, put: (faults: Faults) => unknown): StreamCommand {
  return {
    check: () => true,
    async run(_model, { world }) {
      put(world.local.faults);
      world.watchCalls();
    },
    toString: () => text,
  };
}

function failure(
  call: (typeof calls)[number],
  error: "throttle" | "5xx" | "timeout",
  when: "before" | "after",
  times: number,
): StreamCommand {
  const text = `${call.service} ${call.action} fails ${times} times (${error}, ${when})`;
  return trouble(text, (faults) => faults.fail({ ...call, error, when, times }));
}

const anyDelivery: DeliverySite = { detailType: "StreamLifecycleProgressed" };

/** Everything that goes wrong. */
export const troubles: fc.Arbitrary<StreamCommand>[] = [
  fc
    .tuple(
      fc.constantFrom(...calls),
      fc.constantFrom("throttle" as const, "5xx" as const, "timeout" as const),
      fc.constantFrom("before" as const, "after" as const),
      fc.constantFrom(1, 1, 3, 8),
    )
    .map((args) => failure(...args)),
  fc
    .tuple(fc.constantFrom(...kills), fc.constantFrom("before" as const, "after" as const))
    .map(([kill, when]) =>
      trouble(`${kill.function} is killed ${when} ${kill.at.action}`, (faults) =>
        faults.kill({ ...kill, when }),
      ),
    ),
  fc
    .constantFrom(30, 300, 1200)
    .map((seconds) =>
      trouble(`the next delivery is ${seconds} seconds late`, (faults) =>
        faults.delay({ ...anyDelivery, seconds }),
      ),
    ),
  fc.constant(trouble("the next delivery is made twice", (faults) => faults.duplicate(anyDelivery))),
  fc.constant(trouble("the next two deliveries change places", (faults) => faults.reorder(anyDelivery))),
  fc.constant(
    trouble("the next delivery is refused for good", (faults) =>
      faults.refuse({ ...anyDelivery, forGood: true }),
    ),
  ),
  fc.constant(trouble("an entry is lost", (faults) => faults.loseEntries())),
  // Others come meanwhile, or the lock on the distribution expires.
  fc
    .constantFrom(5, 90)
    .map((seconds) =>
      trouble(`an update of the distribution takes ${seconds} seconds`, (faults) =>
        faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds, times: 2 }),
      ),
    ),
];
