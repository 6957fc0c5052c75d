import type { AwsProtocol } from "./client";

interface JsonProtocolSettings {
  readonly host: string;
  readonly signingName: string;
  /** What stands before an action's name in `X-Amz-Target`. */
  readonly target: string;
  /** @default "1.0" */
  readonly version?: "1.0" | "1.1";
  /** Members of answers that are times: seconds since the Unix epoch on the wire, a Date in code. @default - none */
  readonly times?: readonly string[];
}

/** The protocols `awsJson1_0` and `awsJson1_1`. Source: Smithy, "AWS JSON 1.0 protocol". */
export function jsonProtocol({
  host,
  signingName,
  target,
  version = "1.0",
  times = [],
}: JsonProtocolSettings): AwsProtocol {
  return {
    host,
    signingName,
    write: (action, input) => ({
      headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": `${target}.${action}` },
      body: JSON.stringify(input),
    }),
    read: (body) =>
      JSON.parse(body || "{}", (name, value: unknown) =>
        typeof value === "number" && times.includes(name) ? new Date(value * 1000) : value,
      ) as object,
    readError: ({ headers, body }) => {
      const { __type, code, message, Message, ...members } = parse(body);
      const type = headers["x-amzn-errortype"] ?? __type ?? code;
      return {
        // Such as `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException:http://…`.
        code: typeof type === "string" ? type.replace(/^[^#]*#/, "").replace(/:.*$/, "") : undefined,
        message: [message, Message].find((text): text is string => typeof text === "string"),
        members,
      };
    },
  };
}

/** A proxy between here and AWS may answer with anything. */
function parse(body: string): { [member: string]: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as { [member: string]: unknown }) : {};
  } catch {
    return {};
  }
}
