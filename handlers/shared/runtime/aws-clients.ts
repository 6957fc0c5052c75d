/**
 * What every AWS client of a Lambda is made with, so that a call which hangs is given up and tried again, rather than
 * seen as a function that timed out.
 */
export const clientSettings = {
  maxAttempts: 3,
  retryMode: "standard",
  // Without `throwOnRequestTimeout` the SDK only warns.
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};
