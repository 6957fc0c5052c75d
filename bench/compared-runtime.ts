// The process whose time bench/other-implementation.ts measures: a runtime with the definitions that are compared, and, at another port, the orchestrator's
// with answers that were recorded. It prints both addresses.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import type { Json } from "../local/json";
import { comparedDefinitions, tableName } from "./compared-definitions";
import type { RecordedProvisioning } from "./recorded-provisioning";

/** As it is installed. */
const built = <Module>(file: string) => require(join(__dirname, "..", "dist", "local", file)) as Module;
const { startRuntime } = built<typeof import("../local/runtime")>("runtime");
const { StepFunctions } = built<typeof import("../local/services/step-functions/step-functions")>(
  "services/step-functions/step-functions",
);
const { systemClock } = built<typeof import("../local/time/clock")>("time/clock");
const { createAwsServer } = built<typeof import("../local/wire/server")>("wire/server");

const roleArn = "arn:aws:iam::000000000000:role/compared";

function program(): void {
  const role = new aws.iam.Role("role", {
    name: "compared",
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "states.amazonaws.com" } },
      ],
    }),
  });
  const table = new aws.dynamodb.Table("table", {
    name: tableName,
    hashKey: "id",
    billingMode: "PAY_PER_REQUEST",
    attributes: [{ name: "id", type: "S" }],
  });
  new aws.iam.RolePolicy("policy", {
    role: role.id,
    policy: table.arn.apply((Resource) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            Resource,
          },
        ],
      }),
    ),
  });
  for (const { name, definition } of comparedDefinitions) {
    new aws.sfn.StateMachine(name, { name, roleArn: role.arn, definition: JSON.stringify(definition) });
  }
}

/** Serves the orchestrator by itself: its tasks are answered, as the other implementation answers them. */
async function serveRecorded(recorded: RecordedProvisioning): Promise<string> {
  const answers = new Map(Object.entries(recorded.answers));
  const service: InstanceType<typeof StepFunctions> = new StepFunctions({
    clock: systemClock,
    region: "us-east-1",
    accountId: "000000000000",
    runTask: async ({ stateName, executionArn, taskToken }) => {
      const [, streamId = ""] = /:([^:]+)_1$/.exec(executionArn) ?? [];
      const [first, confirmation] = (answers.get(stateName) ?? []) as readonly string[];
      if (first === undefined) throw new Error(`The recorded stream did not come by ${stateName}.`);
      if (taskToken !== undefined && confirmation !== undefined) {
        setImmediate(() => void service.call("SendTaskSuccess", { taskToken, output: confirmation }));
      }
      return JSON.parse(first.replaceAll(recorded.streamId, streamId)) as Json;
    },
  });
  const { machineName, definition } = recorded;
  service.declareStateMachine({
    ...{ name: machineName, definition, roleArn, type: "STANDARD" },
    arn: `arn:aws:states:us-east-1:000000000000:stateMachine:${machineName}`,
  });
  const server = createAwsServer({ services: { StepFunctions: service } });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function main([file = ""]: readonly string[]): Promise<void> {
  const recorded = JSON.parse(readFileSync(file, "utf8")) as RecordedProvisioning;
  const recordedUrl = await serveRecorded(recorded);
  const { awsUrl } = await startRuntime({ program, stack: "local", port: 0, awsPort: 0 });
  console.log(JSON.stringify({ recordedUrl, awsUrl }));
}

void main(process.argv.slice(2));
