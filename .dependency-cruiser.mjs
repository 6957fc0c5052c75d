// Which folder may import which. `npm run check` holds these rules. Type imports count as any other.

/** Every folder of the repository with code, and the folders of ours that it may import besides itself. */
const arrows = {
  components: ["contracts"],
  client: ["contracts"],
  console: ["contracts"],
  contracts: [],
  handlers: ["contracts"],
  local: [],
  testing: ["local", "contracts"],
  cli: ["testing", "local", "contracts", "client"],
  plugin: ["components"],
  proof: ["testing", "local", "contracts", "components"],
  bench: ["testing", "local", "contracts", "components"],
  scripts: ["cli", "testing", "local", "contracts"],
  examples: ["components", "contracts", "client", "testing"],
  "index.ts": ["components", "contracts", "config.ts"],
  "config.ts": ["components", "contracts"],
};

/** Imports that leave the arrows, each with its reason. No file matches two of them. */
const exceptions = [
  {
    from: "^proof/(gameday|matrix|mutants)/main\\.ts$",
    to: "^cli/cli\\.ts$",
    why: "They are commands: all commands read options, show help and print errors in one way.",
  },
  {
    from: "^proof/gameday/acts/redrive\\.ts$",
    to: "^cli/redrive/",
    why: "The act hands dead letters to their targets as the command does.",
  },
  {
    from: "^proof/fuzz/",
    to: "^handlers/",
    why: "Fuzz hands inputs to the handlers themselves: 100,000 cases by way of a runtime would take hours.",
  },
  {
    from: "^proof/policy-check/",
    to: "^scripts/generate-docs\\.ts$",
    why: "A generated part of a document is read and written in one way.",
  },
  {
    from: "^bench/",
    to: "^(index|scripts/(evaluate|prices)|handlers/shared/aws/dynamodb)\\.ts$",
    why: "The program that is measured is the one that is deployed, and it is evaluated and priced as a test does it; the client stands beside the SDK's.",
  },
];

const anyOf = (names) => `^(${names.map((name) => name.replace(".", "\\.")).join("|")})(/|$)`;
const ours = anyOf(Object.keys(arrows));

/** What tests and proofs share: it changes with both. */
const testSupport = ["^test/support/", "^test/[a-z]+/(support|fixtures)/"];
const supportFor = (folder) => (folder === "proof" ? testSupport : []);

const layers = Object.entries(arrows).map(([folder, allowed]) => ({
  name: `arrows-of-${folder}`,
  severity: "error",
  comment: `${folder} imports of ours only ${[folder, ...allowed].join(", ")}.`,
  from: { path: anyOf([folder]), pathNot: exceptions.map(({ from }) => from) },
  to: { path: ours, pathNot: [anyOf([folder, ...allowed]), ...supportFor(folder)] },
}));

/** A file with an exception may import what its folder may, and what the exception names. */
const excepted = exceptions.map(({ from, to, why }, index) => {
  const [folder, allowed] = Object.entries(arrows).find(([name]) => from.startsWith(`^${name}/`));
  return {
    name: `arrows-of-exception-${index + 1}-in-${folder}`,
    severity: "error",
    comment: why,
    from: { path: from },
    to: {
      path: ours,
      pathNot: [anyOf([folder, ...allowed]), to, ...supportFor(folder)],
    },
  };
});

export default {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      comment: "A cycle has no order in which it can be read, and a load order that breaks by chance.",
      from: {},
      to: { circular: true },
    },
    ...layers,
    ...excepted,
    {
      name: "nothing-imports-tests",
      severity: "error",
      comment: "Tests, proofs and benchmarks may change without looking at what is built on them.",
      // What a benchmark measures on a stepped clock is the same everywhere, and a test holds it.
      from: { path: "^([^/]+)", pathNot: "^(proof/|test/journeys/burst\\.test\\.ts$)" },
      to: { path: "^(test|proof|bench)/", pathNot: "^$1/" },
    },
    {
      name: "internal-contracts",
      severity: "error",
      comment:
        "What workflow and handlers share is theirs alone; customers never see it. Tests, proofs and the script that writes the documents may look. The log of `dev` tells the component's functions from a team's own by their names.",
      from: {
        pathNot:
          "^(handlers|components|contracts/internal|test|proof)/|^(cli/log-text|scripts/generate-docs)\\.ts$",
      },
      to: { path: "^contracts/internal/" },
    },
    {
      name: "types-for-the-console",
      severity: "error",
      comment:
        "The contracts' schemas are larger than the page: it has what it needs of them in contract.json. The file that is left out imports nothing.",
      from: { path: "^console/" },
      to: {
        path: "^contracts/",
        pathNot: "^contracts/escape-controls\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "no-pulumi-in-lambdas",
      severity: "error",
      comment:
        "A Lambda's bundle would carry Pulumi's engine, and a customer of the contracts would load it.",
      from: { path: "^(handlers|contracts)/" },
      to: { path: "^(node_modules/)?@pulumi/" },
    },
    {
      name: "shipped-dependencies",
      severity: "error",
      comment:
        "An installed package finds only its dependencies and peers. handlers/ and cli/redrive/ are bundled with theirs.",
      from: { path: "^(cli|client|components|contracts|local|plugin|testing)/", pathNot: "^cli/redrive/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["npm-peer", "type-only"],
      },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "An import must lead somewhere.",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|node_modules/\\.cache)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
