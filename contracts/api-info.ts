/** What the OpenAPI and the AsyncAPI document say of themselves. */
export const apiInfo = {
  version: "1.0.0",
  license: { name: "Apache-2.0" },
} as const;
