import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { StreamOrchestration } from "../../components";
import { type Local, startLocal } from "../../testing";
import { leastArgs } from "../support/stream-orchestration";

/** Names that are nothing like the logical ones. */
const naming: pulumi.ResourceTransform = ({ type, name, props, opts }) =>
  /^aws:(dynamodb|iam|lambda|scheduler|sfn|sns|sqs|cloudwatch\/event(Bus|Rule):).*:(EventBus|EventRule|Function|Queue|Role|ScheduleGroup|StateMachine|Table|Topic)$/.test(
    type,
  )
    ? { props: { ...props, name: `given-${[...name].reverse().join("")}` }, opts }
    : undefined;

const ways: {
  readonly [way: string]: { program: () => unknown; config?: { [key: string]: string }; name: RegExp };
} = {
  "a pattern of the stack": {
    program: () => new StreamOrchestration("streams", leastArgs),
    config: { "pulumi:autonaming": '{"pattern":"${stack}${num(9)}"}' },
    name: /:stateMachine:dev\d{9}$/,
  },
  "transforms of the component": {
    program: () => new StreamOrchestration("streams", leastArgs, { transforms: [naming] }),
    name: /:stateMachine:given-rotartsehcrOelcycefiLmaertS-smaerts$/,
  },
  "transforms of the stack": {
    program: () => {
      pulumi.runtime.registerResourceTransform(naming);
      return new StreamOrchestration("streams", leastArgs);
    },
    name: /:stateMachine:given-rotartsehcrOelcycefiLmaertS-smaerts$/,
  },
};

describe("streams of a deployment whose names are given by", () => {
  for (const [way, { program, config, name }] of Object.entries(ways)) {
    describe(way, () => {
      let local: Local;
      const denied: string[] = [];
      before(async () => {
        local = await startLocal(program, {
          ...(config && { config }),
          listener: {
            onAuthorization: ({ caller, permission, decision }) => {
              if (decision !== "allowed") denied.push(`${caller.name} ${permission.action}: ${decision}`);
            },
          },
        });
      });
      after(() => local?.stop());

      it("come up, end and are swept, and no call is denied", async () => {
        expect(local.outputs.stateMachineArn).to.match(name);
        await local.streams.provision("named");
        await local.streams.confirm("named", "READY");
        await local.streams.end("named");
        await local.clock.advance({ minutes: 11 });
        expect(await local.streams.leases()).to.deep.equal([]);
        expect(denied).to.deep.equal([]);
      });
    });
  }
});
