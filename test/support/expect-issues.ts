import { expect } from "chai";
import type * as v from "valibot";
import { check } from "../../contracts";

/** Expects a schema to refuse a value with exactly these issues, in this order. */
export function expectIssues(schema: v.GenericSchema, value: unknown, issues: readonly string[]): void {
  expect(check(schema, value)).to.deep.equal({ ok: false, issues });
}

/** Expects a schema to take a value as it is. */
export function expectFit(schema: v.GenericSchema, value: unknown): void {
  expect(check(schema, value)).to.deep.equal({ ok: true, value });
}
