/** Gives a request the headers that say who sends it. */
export type Credentials = (request: {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}) => Promise<{ readonly [name: string]: string }>;

/** Where the page gets what it shows. */
export interface Connection {
  /** Base URL of the HTTP API, without a slash at its end. */
  readonly apiUrl: string;
  /** Whether a local runtime is behind it, which tells and does more. */
  readonly isLocal: boolean;
  readonly credentials: Credentials;
}
