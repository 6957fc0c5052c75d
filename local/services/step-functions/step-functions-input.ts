import { isTooLarge } from "../../asl/limits";
import type { Json, JsonObject } from "../../json";
import { AwsError } from "../service";

/** Reads the members of one action's input, refusing wrong ones as the service does. */
export class ActionInput {
  constructor(private readonly input: JsonObject) {}

  /** @returns whether a member is given. */
  has(member: string): boolean {
    return this.input[member] !== undefined && this.input[member] !== null;
  }

  /** @throws {AwsError} `ValidationException` when the member is missing or no text. */
  text(member: string): string {
    return this.optionalText(member) ?? refuse(`Value null at '${member}'`, "Member must not be null");
  }

  /** @throws {AwsError} `ValidationException` when the member is no text, or longer than `most` characters. */
  optionalText(member: string, most = Number.POSITIVE_INFINITY): string | undefined {
    const value = this.input[member];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== "string") throw invalid(`Expected a string at '${member}'.`);
    if (value.length > most) {
      refuse(`Value at '${member}'`, `Member must have length less than or equal to ${most}`);
    }
    return value;
  }

  /** A JSON text of at most 256 KiB. @throws {AwsError} `ValidationException` when it is longer. */
  payload(member: string): string | undefined {
    const text = this.optionalText(member);
    if (text !== undefined && isTooLarge(text)) {
      refuse(`Value at '${member}'`, "Member must have length less than or equal to 262144");
    }
    return text;
  }

  flag(member: string, byDefault: boolean): boolean {
    const value = this.input[member];
    return typeof value === "boolean" ? value : byDefault;
  }

  /** @returns how many items a page holds at most. @throws {AwsError} `ValidationException` outside of 0 to 1000. */
  pageSize(): number {
    const value = this.input.maxResults;
    if (value === undefined || value === null || value === 0) return 100;
    if (!Number.isInteger(value) || Number(value) < 0 || Number(value) > 1000) {
      return refuse(`Value '${String(value)}' at 'maxResults'`, "Member must have value between 0 and 1000");
    }
    return Number(value);
  }

  /** @throws {AwsError} `ValidationException` when the member is none of the values. */
  oneOf(member: string, values: readonly string[]): string | undefined {
    const value = this.optionalText(member);
    if (value !== undefined && !values.includes(value)) {
      refuse(`Value '${value}' at '${member}'`, `Member must satisfy enum value set: [${values.join(", ")}]`);
    }
    return value;
  }

  /**
   * Cuts a page out of a list.
   * @param keyOf gives each item a number that falls or rises all along the list, so that a page starts in the right
   * place even when items were added.
   * @throws {AwsError} `InvalidToken` when `nextToken` came from elsewhere.
   */
  page<T>(items: readonly T[], keyOf: (item: T) => number): { items: T[]; nextToken?: string } {
    const size = this.pageSize();
    const token = this.optionalText("nextToken");
    const start = token === undefined ? 0 : items.findIndex((item) => keyOf(item) === readToken(token)) + 1;
    if (token !== undefined && start === 0)
      throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
    const page = items.slice(start, start + size);
    const last = page.at(-1);
    if (last === undefined || start + size >= items.length) return { items: page };
    return { items: page, nextToken: Buffer.from(`after:${keyOf(last)}`).toString("base64") };
  }
}

/** @returns the value of a JSON text. @throws {AwsError} as `refusal` makes it, from what the parser says. */
export function parseJson(text: string, refusal: (problem: string) => AwsError): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw refusal((error as Error).message);
  }
}

/** @returns `ValidationException`, which AWS answers to an input that does not fit its API model. */
export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function refuse(subject: string, constraint: string): never {
  throw invalid(`1 validation error detected: ${subject} failed to satisfy constraint: ${constraint}`);
}

function readToken(token: string): number {
  const text = Buffer.from(token, "base64").toString();
  return text.startsWith("after:") ? Number(text.slice("after:".length)) : Number.NaN;
}
