import { isJsonObject, type Json, type JsonObject } from "../../../local/json";
import { type Rule, resource, unless } from "../rule";
import { types } from "../types";

const memberOf = (value: Json | undefined, name: string) => (isJsonObject(value) ? value[name] : undefined);

/** Where each type of resource names its key. */
const keyOf: { readonly [type: string]: (inputs: JsonObject) => Json | undefined } = {
  [types.table]: ({ serverSideEncryption }) => memberOf(serverSideEncryption, "kmsKeyArn"),
  [types.queue]: ({ kmsMasterKeyId }) => kmsMasterKeyId,
  [types.topic]: ({ kmsMasterKeyId }) => kmsMasterKeyId,
  [types.bus]: ({ kmsKeyIdentifier }) => kmsKeyIdentifier,
  [types.archive]: ({ kmsKeyIdentifier }) => kmsKeyIdentifier,
  [types.logGroup]: ({ kmsKeyId }) => kmsKeyId,
  [types.function]: ({ kmsKeyArn }) => kmsKeyArn,
  [types.schedule]: ({ kmsKeyArn }) => kmsKeyArn,
  [types.stateMachine]: ({ encryptionConfiguration }) => memberOf(encryptionConfiguration, "kmsKeyId"),
};

export const customerKeyRules: readonly Rule[] = [
  {
    id: "customer-key",
    source: "AWS Prescriptive Guidance: Encryption best practices for AWS KMS",
    says: "With `encryptionKeyArn`, whatever stores data does so under that key.",
    appliesTo: Object.keys(keyOf),
    check: ({ type, inputs }, { outputs: { encryptionKeyArn } }) =>
      encryptionKeyArn === undefined
        ? []
        : unless(keyOf[type]?.(inputs) === encryptionKeyArn, "it is under another key"),
    wrong: [resource(types.queue, { sqsManagedSseEnabled: true })],
  },
];

/** The key that a program is given, and that its outputs then name. */
export const customerKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000";
