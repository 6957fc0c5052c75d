import { join } from "node:path";
import { type RecordedResource, resourcesOfType } from "../local/record/graph";
import { type Local, startLocal } from "../testing";
import { daysInMonth, prices } from "./prices";

/** How many channels the deployment of `docs/costs.md` has. */
const channels = 5;
/** The duration that each invocation is counted with. It is assumed: the local runtime does not tell what Lambda would bill. */
const billedSeconds = 0.5;
const hoursInMonth = daysInMonth * 24;

/** What is charged: how many of them, and the price of one. */
interface Item {
  readonly what: string;
  readonly count: number;
  readonly price: number;
}

/** The generated parts of `docs/costs.md`, computed from the program's resources, and from a sweep and a stream in the local runtime. */
export async function costTables(root: string): Promise<{ [name: string]: string }> {
  const invoked: string[] = [];
  const config = { channelIds: Array.from({ length: channels }, (_, n) => 1001 + n).join() };
  const local = await startLocal(join(root, "index.ts"), {
    stack: "local",
    config,
    listener: { onInvocation: ({ functionName }) => void invoked.push(functionName) },
  });
  const all = (type: string) => resourcesOfType(local.runtime.graph, `aws:${type}`);
  try {
    const [schedule] = all("scheduler/schedule:Schedule");
    const minutes = Number(/^rate\((\d+) minutes\)$/.exec(String(schedule?.inputs.scheduleExpression))?.[1]);
    const sweep = await itemsOf(local, invoked, () => local.clock.advance({ minutes }));
    const stream = await itemsOf(local, invoked, async () => {
      await local.streams.makeReady("figures");
      await local.streams.end("figures");
      await local.clock.advance({ minutes: 1 });
    });
    const sweeps = (hoursInMonth * 60) / minutes;
    const alarms = all("cloudwatch/metricAlarm:MetricAlarm");
    return {
      "at rest": table([
        ...sweep.map((item) => ({ ...item, count: item.count * sweeps })),
        { what: "runs of the sweep's schedule", count: sweeps, price: prices.scheduleRun },
        {
          what: `metrics of the ${alarms.length} alarms`,
          count: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
          price: prices.alarmMetric,
        },
        { what: "dashboard", count: all("cloudwatch/dashboard:Dashboard").length, price: prices.dashboard },
      ]),
      stream: table(stream),
    };
  } finally {
    await local.stop();
  }
}

/** What the deployment is charged for while something happens. */
async function itemsOf(
  local: Local,
  invoked: readonly string[],
  act: () => Promise<unknown>,
): Promise<Item[]> {
  const all = (type: string) => resourcesOfType(local.runtime.graph, `aws:${type}`);
  const events = () => local.events.all((_event, busName) => busName !== "default").length;
  const transitions = () => local.executions.all().reduce((sum, { states }) => sum + states.length, 0);
  const before = {
    transitions: transitions(),
    calls: local.faults.calls().length,
    requests: local.requests().length,
    invocations: invoked.length,
    events: events(),
  };
  await act();
  await local.settled();
  const calls = local.faults.calls().slice(before.calls);
  const dynamoDb = (actions: RegExp) =>
    calls.filter(({ service, action }) => service === "DynamoDB" && actions.test(action)).length;
  const gigabytes = new Map(
    all("lambda/function:Function").map(({ inputs, outputs }) => [
      String(outputs.name),
      Number(inputs.memorySize) / 1024,
    ]),
  );
  const invocations = invoked.slice(before.invocations);
  const indexes = all("dynamodb/table:Table").map(({ inputs }) =>
    Array.isArray(inputs.globalSecondaryIndexes) ? inputs.globalSecondaryIndexes.length : 0,
  );
  const writes = dynamoDb(/^(Put|Update|Delete)Item$/);
  return [
    { what: "state transitions", count: transitions() - before.transitions, price: prices.stateTransition },
    {
      what: "requests to the API",
      count: local.requests().length - before.requests,
      price: prices.apiRequest,
    },
    { what: "invocations", count: invocations.length, price: prices.invocation },
    {
      what: `gigabyte-seconds, with ${billedSeconds} s for each invocation`,
      count: invocations.reduce((sum, name) => sum + (gigabytes.get(name) ?? 0) * billedSeconds, 0),
      price: prices.gigabyteSecond,
    },
    { what: "reads of items", count: dynamoDb(/^(GetItem|Query|Scan)$/), price: prices.readUnit },
    {
      what: `${writes} writes of items, at most`,
      count: writes * (1 + Math.max(...indexes)),
      price: prices.writeUnit,
    },
    { what: "events on the bus", count: events() - before.events, price: prices.event },
  ].filter(({ count }) => count > 0);
}

/** An alarm is charged for each metric that it looks at. */
function metricsOf({ inputs }: RecordedResource): number {
  const queries = Array.isArray(inputs.metricQueries) ? inputs.metricQueries : [];
  return Math.max(1, queries.filter((query) => JSON.stringify(query).includes('"metricName"')).length);
}

function table(items: readonly Item[]): string {
  const dollars = (amount: number) => amount.toFixed(amount < 0.01 ? 6 : 2);
  const priceOf = (price: number) =>
    price < 0.01 ? `${Number((price * 1e6).toFixed(4))} / million` : String(price);
  const rows = items.map(
    ({ what, count, price }) =>
      `| ${what} | ${Number(count.toFixed(2))} | ${priceOf(price)} | ${dollars(count * price)} |`,
  );
  const total = items.reduce((sum, { count, price }) => sum + count * price, 0);
  return [
    "| what | count | US dollars for one | US dollars |",
    "| --- | --: | --: | --: |",
    ...rows,
    `| together | | | ${dollars(total)} |`,
  ].join("\n");
}
