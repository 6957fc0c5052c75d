import { expect } from "chai";

/** @returns the error with which a promise is rejected; it is a failure of the test where it is not. */
export async function expectRejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(outcome, "rejection").to.be.instanceOf(Error);
  return outcome as Error;
}
