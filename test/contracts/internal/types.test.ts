import { expect } from "chai";
import {
  type Attempt,
  attemptExpression,
  changeStatus,
  type Environment,
  leaseExpression,
  workflowError,
} from "../../../contracts/internal";
import { readEnvironment } from "../../../handlers/shared/runtime/environment";
import { type Equal, typeHolds } from "../../support/types";

/** Nothing here runs: `tsc` is the judge. */
function internalTypes(): void {
  // Attributes, in the texts of DynamoDB's expressions
  attemptExpression("SET #status = :to, history = list_append(history, :entry) REMOVE taskToken");
  attemptExpression("teardown.#status = :incomplete OR teardown.startedAt < :stale");
  leaseExpression("attribute_not_exists(leasedBy) OR expiresAt < :now");
  // @ts-expect-error the attribute is unpublishedSince
  attemptExpression("REMOVE unpublishdSince");
  // @ts-expect-error the member is startedAt
  attemptExpression("teardown.startAt < :stale");
  // @ts-expect-error it is an attribute of the other table
  leaseExpression("attribute_exists(taskToken)");
  // @ts-expect-error the attribute is heldUntil
  const _attempt: Partial<Attempt> = { heldTill: "2027-03-20T18:00:00.000Z" };

  // Environment variables
  typeHolds<
    Equal<Environment<"read-streams">, { readonly TABLE_NAME: string; readonly STATE_MACHINE_ARN: string }>
  >();
  readEnvironment("create-stream-workflow").STATE_MACHINE_ARN;
  // @ts-expect-error the variable is TABLE_NAME
  readEnvironment("create-stream-workflow").TABEL_NAME;
  // @ts-expect-error the function is not given this variable
  readEnvironment("create-stream-workflow").EVENT_BUS_NAME;
  // @ts-expect-error there is no such function
  readEnvironment("create-stream");

  // @ts-expect-error Retry knows the error as NoChannelAvailable
  workflowError("NoChannelsAvailable");
}

void internalTypes;

describe("What workflows and handlers share", () => {
  it("leaves an expression as it is", () => {
    expect(attemptExpression("SET readyAt = :now")).to.equal("SET readyAt = :now");
    expect(leaseExpression("leasedBy = :me")).to.equal("leasedBy = :me");
  });

  it("changes a status in one update, which marks only what is still to be announced", () => {
    const update = "SET #status = :failed, updatedAt = :now, history = list_append(history, :entry)";
    expect(changeStatus(":failed", { unpublished: false })).to.equal(update);
    expect(changeStatus(":failed", { unpublished: true })).to.equal(
      `ADD unpublished :unpublished ${update}, unpublishedSince = if_not_exists(unpublishedSince, :now)`,
    );
  });
});
