import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { largestRequestBytes } from "../contracts";
import { channelStopSeconds, maxWaitForReleaseSeconds, maxWaitToStopSeconds } from "../contracts/internal";
import { type RecordedResource, resourcesOfType } from "../local/record/graph";
import { daysInMonth, prices } from "../scripts/prices";
import type { LoggedCall } from "../testing";
import { root } from "./support/root";
import { recordDefaults, recordOrchestration } from "./support/stream-orchestration";
import { useLocal } from "./support/use-local";

/** What a document says about a deployment, and what the program's graph and a stream in the local runtime say. */
interface Figure {
  readonly file: string;
  /** The sentence, with a group around each figure. */
  readonly says: RegExp;
  readonly isSo: () => unknown[] | Promise<unknown[]>;
}

const channels = 5;

describe("the documents' figures of a deployment", () => {
  const local = useLocal({
    config: { channelIds: Array.from({ length: channels }, (_, n) => 1001 + n).join() },
  });
  const scheduling = useLocal({ config: { channelIds: "1001", leadTimeMinutes: "30" } });
  let streamTransitions = 0;
  let streamCalls: readonly LoggedCall[] = [];

  before(async () => {
    await local.clock.advance({ minutes: 11 });
    const machines = local.streams.program.machines;
    const transitions = (machine: string) =>
      local.executions.of(machine).reduce((sum, { states }) => sum + states.length, 0);
    const calls = local.faults.calls().length;
    await local.streams.makeReady("figures");
    await local.streams.end("figures");
    await local.clock.advance({ minutes: 1 });
    streamTransitions = transitions(machines.orchestrator) + transitions(machines.teardown);
    streamCalls = local.faults.calls().slice(calls);
  });

  const figures: readonly Figure[] = [
    {
      file: "README.md",
      says: /an EventBridge bus, (\w+) DynamoDB\ntables/,
      isSo: () => [word(all("dynamodb/table:Table").length)],
    },
    {
      file: "docs/deploy.md",
      says: /\| (\w+) functions \(Node\.js (\d+), (\w+)\), each with a role/,
      isSo: () => {
        const [one] = all("lambda/function:Function");
        const count = word(all("lambda/function:Function").length);
        return [count, String(one?.inputs.runtime).replace(/\D/g, ""), String(one?.inputs.architectures)];
      },
    },
    {
      file: "docs/deploy.md",
      says: /(\w+) answer the API, (\w+) belong to the workflow, (\w+) resumes it, (\w+) recovers what died, (\w+) sweeps, (\w+) tracks the channels' health, (\w+) acts on it/,
      isSo: () => {
        const invoked = (name: string) => new Set(definition(name).match(/arn:aws:lambda:[\w:-]+/g)).size;
        return [
          new Set(all("apigatewayv2/integration:Integration").map(({ inputs }) => inputs.integrationUri))
            .size,
          invoked("StreamLifecycleOrchestrator"),
          functionsToldOf("com.guidogerb.streams"),
          functionsToldOf("aws.states"),
          invoked("StreamSweep"),
          functionsToldOf("aws.medialive"),
          invoked("StreamHealth"),
        ].map(word);
      },
    },
    {
      file: "docs/deploy.md",
      says: /schedule \| every (\w+) minutes, looks for what every other guard missed/,
      isSo: () => [word(sweepMinutes())],
    },
    {
      file: "docs/runbook.md",
      says: /StreamSweep starts StreamTeardown again every (\w+) minutes/,
      isSo: () => [word(sweepMinutes())],
    },
    {
      file: "docs/costs.md",
      says: /With `network: \{ create: true \}`, (\w+) interface endpoints in (\w+) zones cost \$([\d.]+) each for every hour: \$([\d.]+) a month/,
      isSo: async () => {
        const made = await recordOrchestration({ network: { create: true } });
        const endpoints = made
          .ofType(":VpcEndpoint")
          .filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
        const zones = made.ofType(":Vpc").find(({ inputs }) => inputs.numberOfAvailabilityZones);
        const zoneCount = Number(zones?.inputs.numberOfAvailabilityZones);
        const month = endpoints.length * zoneCount * daysInMonth * 24 * prices.interfaceEndpointHour;
        return [
          word(endpoints.length),
          word(zoneCount),
          prices.interfaceEndpointHour.toFixed(2),
          month.toFixed(2),
        ];
      },
    },
    {
      file: "docs/costs.md",
      says: /\n(\d+) hours \(`maxLiveHours`\) the cost guard/,
      isSo: () => {
        const variables = all("lambda/function:Function").map(({ inputs }) =>
          JSON.stringify(inputs.environment),
        );
        return [/"MAX_LIVE_HOURS":"(\d+)"/.exec(variables.join())?.[1]];
      },
    },
    {
      file: "docs/deploy.md",
      says: /request waits for it, up to (\w+) minutes/,
      isSo: () => [word(maxWaitForReleaseSeconds / 60)],
    },
    {
      file: "docs/deploy.md",
      says: /A request body has at most (\d+) KiB/,
      isSo: () => [String(largestRequestBytes / 1024)],
    },
    {
      file: "docs/deploy.md",
      says: /CloudFront allows (\d+) behaviours and (\d+) origins a distribution unless raised .*, so (\d+) streams at a time/,
      isSo: () => {
        const quotas = /CloudFront quotas of \w+: (\d+) cache behaviors, (\d+) origins/;
        const [, behaviors, origins] = quotas.exec(definition("StreamLifecycleOrchestrator")) ?? [];
        return [behaviors, origins, behaviors];
      },
    },
    {
      file: "docs/deploy.md",
      says: /Its `startTime` is at most (\d+) days ahead/,
      isSo: async () => {
        const startTime = new Date(scheduling.clock.now() + 1000 * 86_400_000).toISOString();
        await scheduling.streams.request("some-year", { startTime });
        const { cause } = await scheduling.executions.waitFor("some-year");
        return [/within (\d+) days/.exec(String(cause))?.[1]];
      },
    },
    {
      file: "docs/scale.md",
      says: /\| Step Functions \| (\d+) transitions, (\w+) executions;/,
      isSo: () => [String(streamTransitions), word(2)],
    },
    {
      file: "docs/scale.md",
      says: /\| DynamoDB \| some (\w+) small requests/,
      isSo: () => {
        const requests = streamCalls.filter(({ service }) => service === "DynamoDB").length;
        return [word(Math.round(requests / 10) * 10)];
      },
    },
    {
      file: "docs/guarantees.md",
      says: /it holds after the second sweep that follows: (\d+) minutes/,
      isSo: () => [String(2 * sweepMinutes())],
    },
    {
      file: "docs/guarantees.md",
      says: /A cleanup waits (\w+) minutes for a channel that is starting/,
      isSo: () => [word(maxWaitToStopSeconds / 60)],
    },
    {
      file: "docs/architecture.md",
      says: /`StreamSweep` \| EventBridge Scheduler, every (\w+) minutes/,
      isSo: () => [word(sweepMinutes())],
    },
    {
      file: "docs/architecture.md",
      says: /after a stale ETag the update begins again with the read, up to (\d+) times/,
      isSo: () => [/\$playbackTries < (\d+)/.exec(definition("StreamLifecycleOrchestrator"))?.[1]],
    },
    {
      file: "docs/distribution.md",
      says: /waits if at most (\w+) minutes are left/,
      isSo: () => [word((maxWaitForReleaseSeconds - channelStopSeconds) / 60)],
    },
    {
      file: "docs/security.md",
      says: /\| (\d+) requests at once, (\d+) a second \(`throttle`\); bodies of up to (\d+) KiB \|/,
      isSo: () => {
        const settings = all("apigatewayv2/stage:Stage")[0]?.inputs.defaultRouteSettings as {
          throttlingBurstLimit: number;
          throttlingRateLimit: number;
        };
        const { throttlingBurstLimit: burst, throttlingRateLimit: rate } = settings;
        return [burst, rate, largestRequestBytes / 1024].map(String);
      },
    },
    {
      file: "docs/security.md",
      says: /\| (\d+) days \(`logRetentionDays`\), names and numbers only; events in the archive (\d+) days/,
      isSo: async () => {
        const defaults = await recordDefaults();
        const [log] = defaults.ofType(":LogGroup");
        const [archive] = defaults.ofType(":EventArchive");
        return [String(log?.inputs.retentionInDays), String(archive?.inputs.retentionDays)];
      },
    },
  ];

  for (const { file, says, isSo } of figures) {
    it(`are right in ${file}: ${says.source.slice(0, 90)}`, async () => {
      const found = [...readFileSync(join(root, file), "utf8").matchAll(new RegExp(says, "g"))];
      expect(found, `sentences in ${file} like ${says.source}`).to.have.lengthOf(1);
      expect(found[0]?.slice(1)).to.deep.equal(await isSo());
    });
  }

  it("are all looked at: no other number stands in what is said of a deployment's cost and limits", () => {
    const withoutTables = /<!-- begin [\s\S]*?<!-- end/g;
    const costs = readFileSync(join(root, "docs", "costs.md"), "utf8").replace(withoutTables, "");
    const deploy = readFileSync(join(root, "docs", "deploy.md"), "utf8");
    for (const text of [costs, deploy.slice(deploy.indexOf("## Limits"))]) {
      const rest = figures.reduce((left, { says }) => left.replace(says, ""), text);
      // Facts about AWS, not about a deployment.
      const ours = rest.replaceAll("us-east-1", "").replace("AWS allows 256 KiB", "");
      expect(ours.match(/.*\d.*/g)).to.equal(null);
    }
  });

  function all(type: string): RecordedResource[] {
    return resourcesOfType(local.runtime.graph, `aws:${type}`);
  }

  function definition(machine: string): string {
    const found = all("sfn/stateMachine:StateMachine").find(({ name }) => name.endsWith(machine));
    return String(found?.inputs.definition);
  }

  /** How many functions the rules for the events of a source have as their targets. */
  function functionsToldOf(source: string): number {
    const rules = all("cloudwatch/eventRule:EventRule")
      .filter(({ inputs }) => String(inputs.eventPattern).includes(`"${source}"`))
      .map(({ name }) => name);
    return all("cloudwatch/eventTarget:EventTarget").filter(
      ({ name, inputs }) => rules.includes(name) && String(inputs.arn).includes(":function:"),
    ).length;
  }

  function sweepMinutes(): number {
    const [schedule] = all("scheduler/schedule:Schedule");
    return Number(/^rate\((\d+) minutes\)$/.exec(String(schedule?.inputs.scheduleExpression))?.[1]);
  }
});

const words: { readonly [number: number]: string } = {
  ...{ 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine" },
  ...{ 10: "ten", 11: "eleven", 12: "twelve", 14: "fourteen", 20: "twenty", 30: "thirty", 40: "forty" },
};

/** A number in the words in which the documents have the small ones. */
function word(number: number): string {
  return words[number] ?? String(number);
}
