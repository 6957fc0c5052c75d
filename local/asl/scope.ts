import type { JsonObject } from "../json";

/** The variables of a state machine, or of a branch or an iteration, which also sees those around it. */
export class Scope {
  private own: JsonObject = {};

  constructor(private readonly outer?: Scope) {}

  /** @returns every variable in sight, by name. */
  get variables(): JsonObject {
    return { ...this.outer?.variables, ...this.own };
  }

  /** Sets variables for the states that follow. The definition check keeps inner scopes off outer names. */
  assign(values: JsonObject): void {
    this.own = { ...this.own, ...values };
  }
}
