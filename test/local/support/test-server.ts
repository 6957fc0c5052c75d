import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AwsServices } from "../../../local/services";
import { createAwsServer } from "../../../local/wire/server";

/** A running server and what an SDK client needs to use it. */
export interface TestServer {
  url: string;
  client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  close(): Promise<void>;
}

export const region = "eu-central-1";
export const accountId = "123456789012";

export async function startServer(services: AwsServices): Promise<TestServer> {
  const server: Server = createAwsServer({ services });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return {
    url,
    client: { endpoint: url, region, credentials, maxAttempts: 1 },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** @returns what the promise was rejected with. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { $metadata?: { httpStatusCode?: number; requestId?: string } }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a rejection");
}
