import { readFile } from "node:fs";
import { promisify } from "node:util";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { recordProgram } from "../../../local/record/record";
import type { Surroundings } from "../../../local/record/surroundings";
import { expectRejection } from "../support/expect-rejection";

const place = {
  accountId: "000000000000",
  region: "us-east-1",
  apiUrl: "http://127.0.0.1:8787",
  awsUrl: "http://127.0.0.1:8788",
};
/** A program that waits for ever is found out after this time instead of seconds. */
const programPatienceSeconds = 0.04;
const failureOf = async (program: () => unknown, surroundings: Surroundings = {}) =>
  (await expectRejection(recordProgram(program, "dev", place, {}, surroundings))).message;

const boom = (): never => {
  throw new Error("boom");
};
const failing = () => pulumi.output(1).apply((): string => boom());
/** A value that contains itself, for an argument of any type. */
const endless = <T>() => {
  const whole: { [name: string]: unknown } = { name: "q" };
  whole.parts = [whole];
  return whole as T;
};
const ofQueue = `The resource 'q' of type aws:sqs/queue:Queue cannot be registered:`;

describe("a program that fails", () => {
  /** Of each, Node.js warns on standard error. */
  const handledLate: unknown[] = [];
  const onHandledLate = (promise: unknown) => handledLate.push(promise);
  before(() => process.on("rejectionHandled", onHandledLate));
  after(() => process.off("rejectionHandled", onHandledLate));
  afterEach(() => expect(handledLate.splice(0)).to.deep.equal([]));

  const programs: { readonly [what: string]: readonly [program: () => unknown, message: string | RegExp] } = {
    "in an input that another resource's input needs": [
      () => {
        const queue = new aws.sqs.Queue("q", { name: failing() });
        new aws.sqs.QueuePolicy("policy", { queueUrl: queue.url, policy: "{}" });
      },
      `${ofQueue} error serializing property "name": boom`,
    ],
    "in a rejected input whose resource is a stack output": [
      () => ({ arn: new aws.sqs.Queue("q", { name: Promise.reject(new Error("boom")) }).arn }),
      `${ofQueue} error serializing property "name": boom`,
    ],
    "in a rejected input that is a text": [
      () => ({ arn: new aws.sqs.Queue("q", { name: Promise.reject<string>("boom") }).arn }),
      `${ofQueue} error serializing property "name": boom`,
    ],
    "in a nested input": [
      () => ({ arn: new aws.sqs.Queue("q", { tags: { team: failing() } }).arn }),
      `${ofQueue} error serializing property "tags": boom`,
    ],
    "in dependsOn": [
      () => ({
        arn: new aws.sqs.Queue("q", {}, { dependsOn: Promise.reject<pulumi.Resource>(new Error("boom")) })
          .arn,
      }),
      `${ofQueue} boom`,
    ],
    "in the dependsOn of a resource that failed itself": [
      () => {
        const queue = new aws.sqs.Queue("q", { name: failing() });
        new aws.sqs.Queue("second", {}, { dependsOn: queue });
      },
      `${ofQueue} error serializing property "name": boom`,
    ],
    "in the parent's input": [
      () => {
        const queue = new aws.sqs.Queue("q", { name: failing() });
        return { arn: new aws.sqs.Queue("second", {}, { parent: queue }).arn };
      },
      `${ofQueue} error serializing property "name": boom`,
    ],
    "in a stack output": [() => ({ arn: failing() }), "The stack output 'arn' fails: boom"],
    "in a rejected stack output": [
      () => ({ fine: 1, arn: Promise.reject(new Error("boom")) }),
      "The stack output 'arn' fails: boom",
    ],
    "in a stack output within another": [
      () => ({ urls: { site: [1, new aws.sqs.Queue("q").arn.apply((): string => boom())] } }),
      "The stack output 'urls.site.1' fails: boom",
    ],
    "in an output that nothing needs, after the program's last line": [
      () => {
        new aws.sqs.Queue("q").arn.apply(async () => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          boom();
        });
      },
      "boom",
    ],
    "in a stack output that is made of a late one": [
      () => {
        const late = new aws.sqs.Queue("q").arn.apply(async (arn) => {
          await new Promise((resolve) => setTimeout(resolve, 20));
          return arn.includes("sqs") ? boom() : arn;
        });
        return { late, urls: { site: late.apply((arn) => arn), fine: pulumi.output(1) } };
      },
      /^The stack output '(late|urls\.site)' fails: boom$/,
    ],
    "in a component's outputs": [
      () => {
        const component = new pulumi.ComponentResource("team:index:Wall", "wall");
        Object.assign(component, { url: failing() });
        (component as unknown as { registerOutputs(outputs: object): void }).registerOutputs({
          url: failing(),
        });
      },
      "The output 'url' of the component 'wall' of type team:index:Wall cannot be registered: boom",
    ],
    "in the promise of a component's outputs": [
      () => {
        class Wall extends pulumi.ComponentResource {
          constructor() {
            super("team:index:Wall", "wall");
            this.registerOutputs(Promise.reject<pulumi.Inputs>(new Error("boom")));
          }
        }
        new Wall();
      },
      "The outputs of the component 'wall' of type team:index:Wall cannot be registered: boom",
    ],
    "by process.exit": [
      () => {
        new aws.sqs.Queue("q");
        process.exit(0);
      },
      /^The program calls process\.exit\(0\), which ends a deployment before everything is registered\.\n +at .*failing-programs\.test\.ts:\d+:\d+\)?$/,
    ],
    "by process.exit in an apply, within a catch": [
      () => {
        new aws.sqs.Queue("q").arn.apply(() => {
          try {
            process.exit(3);
          } catch {
            return 1;
          }
        });
      },
      /^The program calls process\.exit\(3\), which ends a deployment before everything is registered\.\n +at .*failing-programs\.test\.ts:\d+:\d+\)?$/,
    ],
    "in a transform": [
      () =>
        new aws.sqs.Queue(
          "q",
          {},
          {
            transforms: [boom],
          },
        ).arn,
      "failed to register new resource q [aws:sqs/queue:Queue]: transform failed: Error: boom",
    ],
    "by two resources of one type and name": [
      () => {
        new aws.sqs.Queue("q", { fifoQueue: true });
        new aws.sqs.Queue("other");
        new aws.sqs.Queue("q");
      },
      "failed to register new resource q [aws:sqs/queue:Queue]: Duplicate resource URN 'urn:pulumi:dev::program::aws:sqs/queue:Queue::q'; try giving it a unique name",
    ],
    "by a resource that is read under the name of another": [
      () => ({ arn: new aws.sqs.Queue("q").arn, read: aws.sqs.Queue.get("q", "https://queue") }),
      /failed to (register new|read) resource q \[aws:sqs\/queue:Queue\]: Duplicate resource URN 'urn:pulumi:dev::program::aws:sqs\/queue:Queue::q'; try giving it a unique name/,
    ],
    "in an input that contains itself": [
      () => ({ arn: new aws.sqs.Queue("q", { tags: { own: endless() } }).arn }),
      `${ofQueue} error serializing property "tags": the value contains itself at ["own"]["parts"]["0"]`,
    ],
    "in an output that comes to what contains itself": [
      () => ({
        arn: new aws.sqs.Queue("q", { tags: { own: pulumi.output(1).apply(() => endless<string>()) } }).arn,
      }),
      `${ofQueue} error serializing property "tags": the value contains itself at ["parts"]["0"]`,
    ],
    "in the arguments of an invoke that contain themselves": [
      () => aws.ec2.getSubnets({ tags: endless() }),
      /^.*error serializing property "tags": the value contains itself at \["parts"\]\["0"\]$/,
    ],
    "in an output of a component that contains itself": [
      () => {
        class Wall extends pulumi.ComponentResource {
          constructor() {
            super("team:index:Wall", "wall");
            this.registerOutputs({ own: endless() });
          }
        }
        new Wall();
      },
      'The outputs of a component cannot be registered: error serializing property "outputs": the value contains itself at ["own"]["parts"]["0"]',
    ],
    "in the call of a method that nothing answers": [
      () => ({ config: pulumi.runtime.call("eks:index:Cluster/getKubeconfig", { roleArn: "arn" }) }),
      /^The stack output 'config' fails: The local runtime does not answer the invoke eks:index:Cluster\/getKubeconfig with {"roleArn":"arn"}\. Answer it .* }\.$/,
    ],
    "in a transform of invokes": [
      () => {
        pulumi.runtime.registerInvokeTransform(boom);
        return { zones: aws.getAvailabilityZonesOutput().names };
      },
      "The stack output 'zones' fails: transform failed: Error: boom",
    ],
    "in a callback that cannot be serialized": [
      () => {
        const read = promisify(readFile);
        const bus = new aws.cloudwatch.EventBus("bus");
        new aws.lambda.CallbackFunction("reader", {
          callback: async () => String(await read("/etc/hosts")),
        });
        return { arn: bus.arn };
      },
      /^The resource 'reader' of type aws:lambda\/function:Function cannot be registered: error serializing property "code": Error serializing.*'readFile'.*native code/s,
    ],
  };
  for (const [what, [program, message]] of Object.entries(programs)) {
    it(`${what} is told in the words of the message`, async function () {
      this.timeout(20_000);
      const told = await failureOf(program);
      if (typeof message === "string") expect(told).to.equal(message);
      else expect(told).to.match(message);
    });
  }

  for (const [what, callback, message] of [
    ["throws", boom, "boom"],
    [
      "ends the process",
      () => process.exit(3),
      "The program calls process.exit(3), which ends a deployment before everything is registered.",
    ],
  ] as const) {
    it(`in a timer whose callback ${what} is told, and the process goes on`, async () => {
      // Mocha's own listener would take it for this test's.
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      try {
        const [told] = (await failureOf(() => void setTimeout(callback, 1))).split("\n");
        expect(told).to.equal(message);
      } finally {
        expect(process.listeners("uncaughtException")).to.deep.equal([]);
        for (const listener of others) process.on("uncaughtException", listener);
      }
    });
  }

  const never = new Promise<string>(() => undefined);
  const standing: { readonly [what: string]: readonly [program: () => unknown, waiting: string] } = {
    "an input, with the resources that wait for it": [
      () => {
        const queue = new aws.sqs.Queue("q", { tags: { team: never } });
        new aws.sqs.Queue("follower", { name: queue.name });
        return { arn: queue.arn };
      },
      "these never resolve: the input 'tags.team' of the resource 'q' of type aws:sqs/queue:Queue.",
    ],
    "an output among the inputs": [
      () => new aws.sqs.Queue("q", { name: pulumi.output(never).apply((name) => `${name}-q`) }).arn,
      "these never resolve: the input 'name' of the resource 'q' of type aws:sqs/queue:Queue.",
    ],
    "an apply on an output of a resource": [
      () => new aws.sqs.Queue("q", { name: new aws.sqs.Queue("first").arn.apply(() => never) }).arn,
      "these never resolve: the input 'name' of the resource 'q' of type aws:sqs/queue:Queue.",
    ],
    dependsOn: [
      () => void new aws.sqs.Queue("q", {}, { dependsOn: new Promise<pulumi.Resource>(() => undefined) }),
      "these never resolve: a dependsOn of the resource 'q' of type aws:sqs/queue:Queue.",
    ],
    "stack outputs": [
      () => ({ urls: { site: never }, name: pulumi.output(never) }),
      "these never resolve: the stack output 'urls.site', the stack output 'name'.",
    ],
    "an output of a component": [
      () => {
        class Wall extends pulumi.ComponentResource {
          constructor() {
            super("team:index:Wall", "wall");
            this.registerOutputs({ url: never });
          }
        }
        new Wall();
      },
      "these never resolve: the output 'url' of the component 'wall' of type team:index:Wall.",
    ],
    "the program's own body": [() => never, "a promise that it awaits never resolves."],
  };
  for (const [what, [program, waiting]] of Object.entries(standing)) {
    it(`by waiting for what never comes is told, with what waits: ${what}`, async () => {
      expect(await failureOf(program, { programPatienceSeconds })).to.equal(
        `The program waits for ever: ${waiting}`,
      );
    });
  }

  it("by waiting while a repeating timer runs is told", async () => {
    const message = await failureOf(
      () => {
        setInterval(() => undefined, 5);
        return new aws.sqs.Queue("q", { name: never }).arn;
      },
      { programPatienceSeconds },
    );
    expect(message).to.equal(
      "The program waits for ever: these never resolve: the input 'name' of the resource 'q' of type aws:sqs/queue:Queue. " +
        "Only repeating timers ran for 0.04 seconds. A program that needs longer gets it by --program-patience SECONDS (programPatienceSeconds).",
    );
  });

  it("by waiting while anything else runs is told", async () => {
    let timer: NodeJS.Timeout | undefined;
    const again = () => {
      timer = setTimeout(again, 1);
    };
    const message = await failureOf(
      () => {
        again();
        return never;
      },
      { programPatienceSeconds },
    );
    clearTimeout(timer);
    expect(message).to.match(/^The program waits for ever: .* It has registered nothing for 0\.04 seconds\./);
  });

  it("is none while a timer runs for longer than a program may stand still", async () => {
    const { outputs } = await recordProgram(
      async () => {
        const beat = setInterval(() => undefined, 5);
        await new Promise((resolve) => setTimeout(resolve, 100));
        clearInterval(beat);
        return { built: true };
      },
      "dev",
      place,
    );
    expect(outputs).to.deep.equal({ built: true });
  });

  it("in code keeps the line where that stands", async () => {
    const message = await failureOf(() => ({
      arn: pulumi.output<{ a?: { b: string } }>({}).apply(({ a }) => (a as { b: string }).b),
    }));
    expect(message).to.match(
      /^The stack output 'arn' fails: Cannot read properties of undefined.*\n.*failing-programs\.test\.ts:\d+:\d+/,
    );
  });

  it("by a resource without a required property keeps the line where that stands", async () => {
    const message = await failureOf(
      () => new aws.lambda.Permission("entry", {} as aws.lambda.PermissionArgs),
    );
    expect(message).to.match(/^Missing required property 'action'\n.*failing-programs\.test\.ts:\d+:\d+/);
  });

  it("leaves nothing that fails the next one", async () => {
    await failureOf(() => new aws.sqs.Queue("q", { name: failing() }));
    const { resources } = await recordProgram(() => new aws.sqs.Queue("q"), "dev", place);
    expect(resources.map(({ name }) => name)).to.deep.equal(["q"]);
  });
});
