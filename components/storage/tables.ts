import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CommonArgs } from "../common";
import type { TablesArgs } from "../stream-orchestration-args";
import { findTableIssues } from "./check-table";
import { type TableSchema, tableSchemas } from "./table-schemas";

export interface Tables {
  attempts: aws.dynamodb.Table;
  leases: aws.dynamodb.Table;
}

/**
 * Makes the two tables: attempts (one item per attempt at a stream, which is also the audit trail) and channel leases
 * (one item per leased channel).
 */
export function createTables(
  name: string,
  args: CommonArgs & { protect: boolean },
  parent: pulumi.CustomResourceOptions,
): Tables {
  const common: Omit<aws.dynamodb.TableArgs, "attributes" | "hashKey"> = {
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: {
      enabled: true,
      ...(args.encryptionKeyArn !== undefined && { kmsKeyArn: args.encryptionKeyArn }),
    },
    deletionProtectionEnabled: args.protect,
    tags: args.tags,
  };
  // Unset and not false where it is off: what the component itself inherits or is given stays.
  const opts = args.protect ? { ...parent, protect: true } : parent;
  const create = (suffix: keyof Tables) =>
    new aws.dynamodb.Table(`${name}-${suffix}`, { ...common, ...tableSchemas[suffix] }, opts);
  return { attempts: create("attempts"), leases: create("leases") };
}

/** Reads and checks the team's own tables, under the names of those that the component makes. */
export function readTables(
  name: string,
  { attemptsName, leasesName }: TablesArgs,
  opts: pulumi.CustomResourceOptions,
): Tables {
  // AWS says how the table is. The schema stands for a table of another stack where nothing is deployed: in the local runtime.
  const read = (suffix: keyof Tables, tableName: pulumi.Input<string>) =>
    aws.dynamodb.Table.get(`${name}-${suffix}`, tableName, tableSchemas[suffix], opts);
  const tables = { attempts: read("attempts", attemptsName), leases: read("leases", leasesName) };
  checkTable("tables.attemptsName", tables.attempts, tableSchemas.attempts);
  checkTable("tables.leasesName", tables.leases, tableSchemas.leases);
  return tables;
}

/** Has the program fail where a table has other keys or indexes than it needs, once AWS has said how it is. */
function checkTable(argument: string, table: aws.dynamodb.Table, schema: TableSchema): void {
  const { name, hashKey, rangeKey, attributes, globalSecondaryIndexes } = table;
  pulumi.output({ name, hashKey, rangeKey, attributes, globalSecondaryIndexes }).apply((found) => {
    const problems = findTableIssues(found, schema).map(
      (problem) => `${argument} is "${found.name}", which does not fit: ${problem}`,
    );
    if (problems.length === 0) return;
    // Pulumi ends the program at an error that nothing handles.
    throw new pulumi.RunError([...problems, "docs/own-resources.md has what a table needs."].join("\n"));
  });
}
