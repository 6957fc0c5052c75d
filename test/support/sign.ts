import { localUser } from "../../local/auth";
import { algorithm, type SignedParts, signatureOf } from "../../local/auth/signature";

export interface Signing {
  readonly now: number;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly region?: string;
  readonly service?: string;
}

/** The headers of a request, signed by the local user unless told otherwise. */
export function signed(
  {
    method,
    url,
    headers = {},
    body = "",
  }: { method: string; url: string; headers?: Record<string, string>; body?: string },
  { now, region = "us-east-1", service = "execute-api", ...signer }: Signing,
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = { ...localUser, ...signer };
  const { host, pathname, search } = new URL(url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const all: Record<string, string> = { ...headers, host, "x-amz-date": time };
  const names = Object.keys(all).sort();
  const parts: SignedParts = {
    method,
    path: pathname,
    search: search.slice(1),
    headers: all,
    body: Buffer.from(body),
  };
  const signature = signatureOf(parts, { region, service }, time, names, secretAccessKey);
  const credential = `${accessKeyId}/${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { host: _host, ...sent } = all;
  return {
    ...sent,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}
