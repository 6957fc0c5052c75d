import { performance } from "node:perf_hooks";
import { expect } from "chai";
import { givenName } from "../../local/faults/named";
import type { Graph } from "../../local/record/graph";
import { type Permission, resourcePermissions, rolePermissions } from "./support/graphs";
import { journeys } from "./support/journeys";
import { Guarded } from "./support/start";

/** Permissions that no journey can use up, since AWS uses them while it deploys or delivers, outside of any call here. */
const unproven: readonly { readonly actions: RegExp; readonly reason: string }[] = [
  {
    actions:
      /^logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups))$/,
    reason: "CreateStateMachine sets up the delivery of the execution log with the machine's role.",
  },
];

const reasonFor = (action: string) => unproven.find(({ actions }) => actions.test(action))?.reason;

/** Tells whether a journey still ends well; it does not where a refusal leaves it with nothing to go on. */
async function endsWell(permission: Permission, what: string): Promise<boolean> {
  const guarded = await Guarded.start(permission.without);
  const run = journeys[what];
  if (!run) throw new Error(`There is no journey '${what}'.`);
  try {
    return await Promise.race([
      run(guarded.local).then(
        () => true,
        () => false,
      ),
      guarded.stuck().then(() => false),
    ]);
  } finally {
    await guarded.stop();
  }
}

/** What a journey called, and how long it took. */
interface Use {
  readonly what: string;
  readonly calls: readonly { readonly caller: string; readonly action: string }[];
  readonly milliseconds: number;
}

describe("each permission of the program", function () {
  // Each permission has a runtime of its own, and some hours of its clock.
  this.timeout(900_000);
  let graph: Graph;
  const uses: Use[] = [];

  before(async () => {
    for (const [what, run] of Object.entries(journeys)) {
      const guarded = await Guarded.start();
      graph = guarded.local.runtime.graph;
      const startedAt = performance.now();
      try {
        await run(guarded.local);
        expect(guarded.denials, what).to.deep.equal([]);
        const calls = guarded.decisions.map(({ caller, permission }) => ({
          caller: givenName(caller.name),
          action: permission.action,
        }));
        uses.push({ what, calls, milliseconds: performance.now() - startedAt });
      } finally {
        await guarded.stop();
      }
    }
  });

  /** Asks the journeys in which the permission's owner made such a call first, and the quickest of them before others. */
  function candidates({ owner, action }: Permission): string[] {
    const own = ({ calls }: Use) =>
      calls.some(
        (call) => call.action === action && (owner === call.caller || owner.startsWith(`${call.caller}-`)),
      );
    return uses
      .filter(({ calls }) => calls.some((call) => call.action === action))
      .sort((a, b) => Number(own(b)) - Number(own(a)) || a.milliseconds - b.milliseconds)
      .map(({ what }) => what);
  }

  async function proof(permission: Permission): Promise<string | undefined> {
    for (const what of candidates(permission)) {
      if (!(await endsWell(permission, what))) return what;
    }
    return undefined;
  }

  it("of a role is needed: without it, some journey fails", async () => {
    const unneeded: string[] = [];
    for (const permission of rolePermissions(graph)) {
      if (reasonFor(permission.action)) continue;
      const failing = await proof(permission);
      if (failing === undefined) unneeded.push(permission.name);
      if (process.env.SHOW) console.log(`      ${permission.name}: ${failing ?? "NOT NEEDED"}`);
    }
    expect(unneeded, "permissions that no journey needs").to.deep.equal([]);
  });

  it("of a resource is needed: without it, some journey fails", async () => {
    const unneeded: string[] = [];
    for (const permission of resourcePermissions(graph)) {
      if ((await proof(permission)) === undefined) unneeded.push(permission.name);
    }
    expect(unneeded, "policies that no journey needs").to.deep.equal([]);
  });
});
