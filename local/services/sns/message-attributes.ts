import { createHash } from "node:crypto";
import { isJsonObject, type Json, type JsonObject } from "../../json";
import { AwsError } from "../service";

/** Message attributes of SQS and SNS: `{ name: { DataType, StringValue? , BinaryValue? } }`, binary as base64. */
export type MessageAttributes = { [name: string]: JsonObject };

/**
 * Reads message attributes.
 * @param invalid the service's name for a wrong parameter.
 * @throws {AwsError} `invalid` when an attribute has no type or no value.
 */
export function readMessageAttributes(value: Json | undefined, invalid: string): MessageAttributes {
  if (!isJsonObject(value)) return {};
  const attributes: MessageAttributes = {};
  for (const [name, attribute] of Object.entries(value)) {
    const isComplete =
      isJsonObject(attribute) &&
      typeof attribute.DataType === "string" &&
      (typeof attribute.StringValue === "string" || typeof attribute.BinaryValue === "string");
    if (!isComplete) {
      throw new AwsError(
        invalid,
        `The message attribute "${name}" needs a DataType and a value of that type.`,
      );
    }
    attributes[name] = attribute;
  }
  return attributes;
}

/**
 * @returns the digest that SDKs compare, or nothing when there are no attributes.
 * Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] ?? {};
    hash.update(lengthPrefixed(Buffer.from(name))).update(lengthPrefixed(Buffer.from(String(DataType))));
    if (typeof StringValue === "string") {
      hash.update(Buffer.from([1])).update(lengthPrefixed(Buffer.from(StringValue)));
    } else {
      hash.update(Buffer.from([2])).update(lengthPrefixed(Buffer.from(String(BinaryValue), "base64")));
    }
  }
  return hash.digest("hex");
}

/** Names, types and values count towards a message's size. */
export function bytesOfAttributes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce((sum, [name, { DataType, StringValue, BinaryValue }]) => {
    const value = typeof StringValue === "string" ? Buffer.byteLength(StringValue) : binaryBytes(BinaryValue);
    return sum + Buffer.byteLength(name) + Buffer.byteLength(String(DataType)) + value;
  }, 0);
}

function binaryBytes(base64: Json | undefined): number {
  return typeof base64 === "string" ? Buffer.byteLength(base64, "base64") : 0;
}

function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
