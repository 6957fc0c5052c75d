import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import {
  type AttemptAttribute,
  attemptIndexes,
  attemptKeyNames,
  leaseKeyName,
} from "../../contracts/internal";
import type { CommonArgs } from "../common";

/**
 * Makes the two tables: attempts (one item per attempt at a stream, which is also the audit trail) and channel leases
 * (one item per leased channel).
 */
export function createTables(
  name: string,
  args: CommonArgs & { protect: boolean },
  parent: pulumi.CustomResourceOptions,
): { attempts: aws.dynamodb.Table; leases: aws.dynamodb.Table } {
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
  const attempts = new aws.dynamodb.Table(
    `${name}-attempts`,
    {
      ...common,
      attributes: [
        { name: "streamId", type: "S" },
        { name: "attempt", type: "N" },
        { name: "status", type: "S" },
        { name: "updatedAt", type: "S" },
        { name: "unpublishedSince", type: "S" },
        { name: "requestedAt", type: "S" },
      ] satisfies { name: AttemptAttribute; type: "S" | "N" }[],
      ...attemptKeyNames,
      globalSecondaryIndexes: [
        { ...index(attemptIndexes.byStatus), projectionType: "ALL" },
        { ...index(attemptIndexes.byUnpublished), projectionType: "KEYS_ONLY" },
        { ...index(attemptIndexes.byRequest), projectionType: "KEYS_ONLY" },
      ],
    },
    opts,
  );
  const leases = new aws.dynamodb.Table(
    `${name}-leases`,
    { ...common, attributes: [{ name: leaseKeyName, type: "S" }], hashKey: leaseKeyName },
    opts,
  );
  return { attempts, leases };
}

/** The name and the keys of an index. `hashKey` and `rangeKey` of an index are deprecated, and changing from them creates the index anew. */
function index({ name, hashKey, rangeKey }: { name: string; hashKey: string; rangeKey?: string }) {
  return {
    name,
    keySchemas: [
      { attributeName: hashKey, keyType: "HASH" },
      ...(rangeKey === undefined ? [] : [{ attributeName: rangeKey, keyType: "RANGE" }]),
    ],
  };
}
