import { type RestOperation, restOperations, type StreamSummary } from "../contracts";
import type { CallOptions, OperationMethods } from "./operations";
import { listPages, type StreamFilter } from "./pages";
import { send, type Wait } from "./send";
import { readSettings, type StreamClientOptions } from "./settings";

/** The HTTP API of a deployment: a method for each operation, and the list of streams over all its pages. */
export interface StreamClient extends OperationMethods {
  /**
   * Lists streams, the one that was requested last first. A page is read when its first stream is asked for.
   *
   * @throws {StreamApiError} as any call does.
   *
   * @example
   * for await (const { streamId } of client.streams({ status: "READY" })) console.log(streamId);
   */
  streams(filter?: StreamFilter): AsyncIterable<StreamSummary>;
}

/**
 * Makes a client for the HTTP API of a deployment. It has no state, opens no connection by itself, and may be used by any number of callers.
 *
 * @throws {TypeError} that names every option that is wrong.
 *
 * @example
 * const client = createStreamClient({ url: apiUrl, credentials: fromNodeProviderChain() });
 * await client.createStreamWorkflow(request);
 * const { status } = await client.getStream({ streamId: request.streamId });
 */
export function createStreamClient(options: StreamClientOptions): StreamClient {
  return createClient(options, waitFor);
}

/** The same with another way of waiting between two tries. */
export function createClient(options: StreamClientOptions, wait: Wait): StreamClient {
  const settings = readSettings(options);
  const methods = Object.fromEntries(
    restOperations.map((operation: RestOperation) => [
      operation.name.charAt(0).toLowerCase() + operation.name.slice(1),
      (input: { readonly [member: string]: unknown } = {}, callOptions: CallOptions = {}) =>
        send(settings, wait, operation, input, callOptions),
    ]),
  ) as unknown as OperationMethods;
  return { ...methods, streams: (filter = {}) => listPages(methods.listStreams, filter) };
}

const waitFor: Wait = (milliseconds, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
