import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { Template } from "../../../components/workflow/shared/asl";
import { acquireLock } from "../../../components/workflow/shared/distribution-lock";
import { UpdateItemCommand } from "../../../handlers/shared/aws/dynamodb";
import { evaluate } from "../../support/jsonata";
import type { Tables } from "./tables";

/** Has an execution take the turn at the distribution with the write of the workflow's own state. */
export async function takeTurn(
  { dynamodb, leaseTableName }: Tables,
  executionArn: string,
  at: string,
): Promise<void> {
  const turn = acquireLock({ leaseTableName, distributionId: "E1" }, { Catch: [], Next: "Next" });
  const context = { Execution: { Id: executionArn }, State: { EnteredTime: at } };
  const input = await fill(turn.Arguments, { context });
  await dynamodb.send(new UpdateItemCommand(input as UpdateItemCommandInput));
}

async function fill(template: Template, states: object): Promise<unknown> {
  if (typeof template === "string") {
    return template.startsWith("{%") ? evaluate(template, { states }) : template;
  }
  if (template === null || typeof template !== "object") return template;
  const filled = Object.entries(template).map(async ([name, value]) => [name, await fill(value, states)]);
  return Object.fromEntries((await Promise.all(filled)) as [string, unknown][]);
}
