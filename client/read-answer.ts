import type * as v from "valibot";
import { check, type OperationName, type RestOperation, refusalSchema } from "../contracts";
import { escapeControls } from "../contracts/escape-controls";
import { quote } from "../contracts/text";
import { codeOf, StreamApiError, type StreamApiErrorDetails } from "./error";

/** No answer is larger: API Gateway sends 10 MB at most. */
const maxAnswerBytes = 10_485_760;

/** What an error repeats of a refusal at most: characters of each text, and number of issues. */
const maxText = 1_000;
const maxIssues = 100;

/**
 * Reads an answer to its end and checks it against the contract.
 *
 * @param parameters those of the path, which an answer repeats.
 * @param hide takes secrets out of a text that came with the answer.
 * @throws {StreamApiError} for a refusal, and for an answer that the contract does not have.
 */
export async function readAnswer(
  operation: RestOperation,
  response: Response,
  parameters: { readonly [name: string]: string },
  hide: (text: string) => string,
): Promise<unknown> {
  const { status } = response;
  const requestId = response.headers.get("apigw-requestid") ?? undefined;
  const fail = (problem: string, details: Partial<StreamApiErrorDetails> = {}) =>
    new StreamApiError(problem, {
      ...{ operation: operation.name as OperationName, code: "InvalidAnswer", status, requestId },
      ...details,
    });
  // Browsers tell of a redirect that was not followed by this type alone.
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
    drop(response.body?.cancel());
    throw fail(`The answer is a redirect to another URL, which is not followed. Check the API's URL.`);
  }
  const text = await readText(response, fail);
  const body = parse(text);
  const expected = operation.responses[status]?.bodySchema;
  if (body === undefined) {
    const type = quote(response.headers.get("content-type") ?? "");
    if (status < 400) throw fail(`The answer is no JSON (status ${status}, content type ${type}).`);
    throw fail(`The answer is ${status}, without JSON (content type ${type}).`, { code: codeOf(status) });
  }
  if (expected && !isRefusal(expected)) {
    const value = checked(expected, body, status, fail);
    // A cache or a proxy may mix answers up.
    for (const [name, sent] of Object.entries(parameters)) {
      const received = membersOf(value)[name] ?? sent;
      if (received === sent) continue;
      throw fail(
        `The answer must be about the ${name} ${quote(sent)}, received one about ${quote(String(received))}.`,
      );
    }
    return value;
  }
  if (status < 400) throw fail(`The contract has no answer with status ${status}.`);
  const { message, issues } = refusalOf(body, hide);
  throw fail(`${status} ${message}`.trim(), { code: codeOf(status), issues });
}

type Fail = (problem: string, details?: Partial<StreamApiErrorDetails>) => StreamApiError;

function isRefusal(schema: v.GenericSchema): boolean {
  return schema === refusalSchema;
}

function checked(schema: v.GenericSchema, body: unknown, status: number, fail: Fail): unknown {
  const result = check(schema, body);
  if (result.ok) return result.value;
  // API Gateway's own 503 has another body than that of GET /health.
  if (status >= 400) throw fail(`The answer is ${status}.`, { code: codeOf(status) });
  throw fail("The answer does not fit the contract.", { issues: result.issues.slice(0, maxIssues) });
}

function membersOf(value: unknown): { readonly [member: string]: unknown } {
  return typeof value === "object" && value !== null ? (value as { readonly [member: string]: unknown }) : {};
}

/** API Gateway's own refusals have a message and no issues. */
function refusalOf(body: unknown, hide: (text: string) => string) {
  const { message, issues } = membersOf(body);
  const shorten = (text: string) => escapeControls(hide(text)).slice(0, maxText);
  const texts = Array.isArray(issues) ? issues.filter((issue) => typeof issue === "string") : [];
  return {
    message: typeof message === "string" ? shorten(message) : "",
    issues: texts.slice(0, maxIssues).map(shorten),
  };
}

async function readText(response: Response, fail: Fail): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxAnswerBytes) {
      drop(reader.cancel());
      throw fail(`The answer has more than ${maxAnswerBytes} bytes.`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Ignores the errors of a connection that was given up. */
function drop(ended: Promise<void> | undefined): void {
  ended?.catch(() => undefined);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
