import type { AwsProtocol } from "./client";

interface QueryProtocolSettings {
  readonly host: string;
  readonly signingName: string;
  /** The API's version, such as `2010-03-31`. */
  readonly version: string;
}

/** The part of the protocol `awsQuery` that plain texts need. Source: Smithy, "AWS query protocol". */
export function queryProtocol({ host, signingName, version }: QueryProtocolSettings): AwsProtocol {
  return {
    host,
    signingName,
    write: (action, input) => ({
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ Action: action, Version: version, ...input }).toString(),
    }),
    read: (body) => ({ MessageId: textOf(body, "MessageId") }),
    readError: ({ body }) => ({ code: textOf(body, "Code"), message: textOf(body, "Message") }),
  };
}

/** @returns the text of the first element of a name. */
function textOf(xml: string, name: string): string | undefined {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_entity, entity: string) => entities[entity] ?? "");
}

const entities: { readonly [name: string]: string } = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
