type Validate = (definition: object) => { isValid: boolean; errors: readonly unknown[] };

// asl-validator has no types that the compiler finds.
const validate = require("asl-validator") as Validate;

/** @returns what asl-validator has against a definition. It changes what it is given, and so gets a copy. */
export function validateDefinition(definition: object): readonly unknown[] {
  const { isValid, errors } = validate(structuredClone(definition));
  return isValid ? [] : errors;
}
