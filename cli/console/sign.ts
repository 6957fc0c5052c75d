import { localUser } from "../../local/auth";
import { algorithm, signatureOf } from "../../local/auth/signature";

/** A request to the HTTP API. */
export interface ApiCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly host: string;
  readonly body: Buffer;
}

/**
 * Signs a request as the local user.
 *
 * @param at milliseconds since the Unix epoch, by the clock of the API's callers.
 * @returns the headers that say so.
 */
export function signAsLocalUser(
  { method, path, host, body }: ApiCall,
  region: string,
  at: number,
): { [name: string]: string } {
  const time = new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const [pathname = "/", search = ""] = path.split("?");
  const headers = { host, "x-amz-date": time };
  const names = Object.keys(headers);
  const scope = { region, service: "execute-api" };
  const signature = signatureOf(
    { method, path: pathname, search, headers, body },
    scope,
    time,
    names,
    localUser.secretAccessKey,
  );
  const credential = `${localUser.accessKeyId}/${time.slice(0, 8)}/${region}/${scope.service}/aws4_request`;
  return {
    "x-amz-date": time,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
