import { expect } from "chai";
import type { Provision, ValidateProvisionRequestEvent } from "../../contracts/internal";
import { createValidateProvisionRequest } from "../../handlers/validate-provision-request";
import { fakeClient, recordingLog } from "../../test/handlers/support/fakes";
import { fuzz } from "./support/fuzz";
import { httpCases } from "./support/http-cases";
import { judgeStoredRequest, normalText } from "./support/stored";
import { FuzzTables } from "./support/table";
import { Tally } from "./support/tally";
import { judgeBody } from "./support/verdicts";
import { channels, execution, expectNoKey, now, settled, workflowInputs } from "./support/workflow";

/** Cause and output of a function are parts of the workflow's state, which holds 256 KiB. */
const longestMessage = 32_768;

describe("whatever the workflow is started with", () => {
  let tables: FuzzTables;
  before(async () => {
    tables = await FuzzTables.start();
  });
  after(() => tables.stop());

  /** Starts the workflow with JSON. */
  async function provision(input: string): Promise<{ value?: Provision; error?: Error; log: string }> {
    await tables.reset();
    await tables.deploy(channels);
    const log = recordingLog();
    const handle = createValidateProvisionRequest({
      ...{ ...tables, dynamodb: tables.dynamodb },
      // No stream was there before, so that none is still watched.
      sfn: fakeClient({}),
      teardownStateMachineArn: "none",
      now: () => new Date(now),
      wait: async () => {},
      log,
    });
    const request: unknown = JSON.parse(input);
    const event = { request, execution, version: 2, leadTimeMinutes: null, held: false };
    return { ...(await settled(handle(event as ValidateProvisionRequestEvent))), log: log.text() };
  }

  const share = 0.06;

  it("is provisioned in its normal form, or refused by name", async () => {
    const tally = new Tally();
    await fuzz(share, workflowInputs, async (input) => {
      const { value, error, log } = await provision(input);
      expectNoKey(error, log);
      tally.add(error?.name ?? "provisioned");
      const verdict = judgeBody("POST /streams", Buffer.from(input));
      if (error) {
        expect(error.name).to.equal("ProvisionRequestInvalid");
        expect(error.message.length).to.be.below(longestMessage);
        expect(verdict).to.not.equal("valid");
        expect(await tables.leases()).to.deep.equal([]);
        return;
      }
      // A body may be too large by what its normal form leaves out.
      expect(verdict, "its verdict").to.be.oneOf(["valid", "too large"]);
      expect(value?.requestText).to.equal(normalText(input));
      expect(JSON.stringify(value?.request)).to.equal(value?.requestText);
      expect(judgeStoredRequest(value?.requestText ?? "")).to.deep.equal([]);
    });
    tally.expectShares(0.1, ["provisioned", "ProvisionRequestInvalid"]);
  });

  it("is provisioned if POST /streams accepts it", async () => {
    await fuzz(share, httpCases("POST"), async ({ body }) => {
      if (judgeBody("POST /streams", body) !== "valid") return;
      const input = normalText(body.toString());
      const { value, error } = await provision(input);
      expect(error).to.equal(undefined);
      expect(value?.requestText).to.equal(input);
    });
  });
});
