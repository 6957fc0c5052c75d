import { expect } from "chai";
import { AwsError } from "../../../local/services/service";

/** Expects a refusal, and returns it for a closer look. */
export async function expectAwsError(
  refused: Promise<unknown> | (() => unknown),
  code: string,
  statusCode = 400,
): Promise<AwsError> {
  try {
    await (typeof refused === "function" ? refused() : refused);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    expect({ code: error.code, statusCode: error.statusCode }, error.message).to.deep.equal({
      code,
      statusCode,
    });
    return error;
  }
  return expect.fail(`expected ${code}, but it succeeded`);
}
