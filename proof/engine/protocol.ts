import { createRequire } from "node:module";
import type { CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { JsonObject } from "../../local/json";

/** A method of a service: takes a request, and answers it by the callback. */
export type Method<Request, Response> = (
  call: { readonly request: Request },
  callback: (error: { readonly code: number; readonly details: string } | null, response?: Response) => void,
) => void;

/** What of gRPC is used here. */
interface Grpc {
  readonly Server: new () => {
    addService(service: object, methods: { readonly [name: string]: Method<never, unknown> }): void;
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
  readonly status: { readonly UNKNOWN: number };
}

/** A JSON object in the protocol. */
export type Struct = NonNullable<Parameters<CheckResponse["setInputs"]>[0]>;

/** `@pulumi/pulumi` has these two. Its generated code takes the messages of no other copy, so that they are not dependencies of ours. */
const ofPulumi = createRequire(require.resolve("@pulumi/pulumi"));
const wellKnownTypes = "google-protobuf/google/protobuf";

export const grpc = ofPulumi("@grpc/grpc-js") as Grpc;
export const { Empty } = ofPulumi(`${wellKnownTypes}/empty_pb`) as { readonly Empty: new () => object };
export const { Struct } = ofPulumi(`${wellKnownTypes}/struct_pb`) as {
  readonly Struct: { fromJavaScript(value: JsonObject): Struct };
};
