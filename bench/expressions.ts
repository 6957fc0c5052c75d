// What the bounds of Step Functions cost an expression of the local runtime, beside the library alone, which has none.
import jsonata from "jsonata";
import { Jsonata } from "../local/asl/jsonata";
import { systemClock } from "../local/time/clock";

const evaluations = 5_000;
const rounds = 5;
const source = "$merge([$states.input, { 'a': $states.input.list[0] & 'x' }])";
const bindings = { states: { input: { list: ["b"] } } };

async function main(): Promise<void> {
  const bounded = new Jsonata(systemClock, Math.random);
  const library = jsonata(source);
  const ways = {
    "with AWS's bounds": () => bounded.evaluate(source, bindings),
    "the library alone": () => library.evaluate(undefined, bindings),
  };
  const least: Record<string, number> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, evaluate] of Object.entries(ways)) {
      const before = process.cpuUsage();
      for (let index = 0; index < evaluations; index += 1) await evaluate();
      const { user, system } = process.cpuUsage(before);
      least[way] = Math.min(least[way] ?? Number.POSITIVE_INFINITY, (user + system) / evaluations);
    }
  }
  const peer = least["the library alone"] ?? Number.NaN;
  console.log("one expression      processor time, µs   to the library");
  for (const [way, microseconds] of Object.entries(least)) {
    const ratio = (microseconds / peer).toFixed(1);
    console.log(`${way.padEnd(18)}  ${microseconds.toFixed(1).padStart(18)}  ${ratio.padStart(15)}`);
  }
}

void main();
