import { performance } from "node:perf_hooks";
import { expect } from "chai";
import type { Graph } from "../../local/record/graph";
import { Guarded } from "../../test/support/guarded";
import {
  type Permission,
  resourcePermissions,
  rolePermissions,
  type Use,
} from "../../test/support/permissions";
import {
  inputsConfig,
  inputsJourneys,
  type Journeys,
  journeys,
  readinessConfig,
  readinessJourneys,
} from "./journeys";

/** A configuration of the program, and what it is for. */
interface Subject {
  readonly config: { readonly [key: string]: string };
  readonly journeys: Journeys;
}

/** Permissions that no journey of this release can use up. */
const unproven: readonly { readonly permissions: RegExp; readonly reason: string }[] = [
  {
    permissions:
      /^logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|Describe(ResourcePolicies|LogGroups)) of /,
    reason:
      "CreateStateMachine sets up the delivery of the execution log with the machine's role, outside of any call here.",
  },
  {
    permissions: /^dynamodb:GetItem of streams-StreamTeardown$/,
    reason: "An execution of the release before reads its lease: test/journeys/previous-release.test.ts.",
  },
];

const reasonFor = (name: string) => unproven.find(({ permissions }) => permissions.test(name))?.reason;

/** Tells whether a journey still ends well; it does not where a refusal leaves it with nothing to go on. */
async function endsWell(
  { config, journeys }: Subject,
  permission: Permission,
  what: string,
): Promise<boolean> {
  const guarded = await Guarded.start(permission.without, { config });
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

/** The permissions that a journey used, and how long it took. */
interface PlayedJourney {
  readonly what: string;
  readonly uses: readonly Use[];
  readonly milliseconds: number;
}

const names = (graph: Graph) =>
  [...rolePermissions(graph), ...resourcePermissions(graph)].map(({ name }) => name);

/** The permissions of the program as it is, which are proven first: an option needs only its own to be. */
let proven: readonly string[] = [];

itNeedsEachPermission("each permission of the program", { config: {}, journeys });
itNeedsEachPermission("each further permission of the program with automatic readiness", {
  config: readinessConfig,
  journeys: readinessJourneys,
});
itNeedsEachPermission("each further permission of the program with inputs of its channels", {
  config: inputsConfig,
  journeys: inputsJourneys,
});

function itNeedsEachPermission(title: string, subject: Subject): void {
  describe(title, () => {
    let graph: Graph;
    const played: PlayedJourney[] = [];

    after(() => {
      proven = [...proven, ...names(graph)];
    });

    before(async () => {
      for (const [what, run] of Object.entries(subject.journeys)) {
        const guarded = await Guarded.start(undefined, { config: subject.config });
        graph = guarded.local.runtime.graph;
        const startedAt = performance.now();
        try {
          await run(guarded.local);
          expect(guarded.denials, what).to.deep.equal([]);
          const uses = guarded.decisions.map(({ caller, permission: { action, resource } }) => ({
            action,
            resource,
            roleArn: caller.roleArn,
            sourceArn: caller.sourceArn,
          }));
          played.push({ what, uses, milliseconds: performance.now() - startedAt });
        } finally {
          await guarded.stop();
        }
      }
    });

    /** Plays the journeys that used the permission without it, the quickest first. @returns the one that failed. */
    async function proof(permission: Permission): Promise<string | undefined> {
      const candidates = played
        .filter(({ uses }) => uses.some((use) => permission.allows(use)))
        .sort((a, b) => a.milliseconds - b.milliseconds);
      for (const { what } of candidates) {
        if (!(await endsWell(subject, permission, what))) return what;
      }
      return undefined;
    }

    it("of a role is needed: without it, some journey fails", async () => {
      const unneeded: string[] = [];
      for (const permission of rolePermissions(graph)) {
        if (reasonFor(permission.name) || proven.includes(permission.name)) continue;
        const failing = await proof(permission);
        if (failing === undefined) unneeded.push(permission.name);
      }
      expect(unneeded, "permissions that no journey needs").to.deep.equal([]);
    });

    it("of a resource is needed: without it, some journey fails", async () => {
      const unneeded: string[] = [];
      for (const permission of resourcePermissions(graph)) {
        if (proven.includes(permission.name)) continue;
        if ((await proof(permission)) === undefined) unneeded.push(permission.name);
      }
      expect(unneeded, "policies that no journey needs").to.deep.equal([]);
    });
  });
}
