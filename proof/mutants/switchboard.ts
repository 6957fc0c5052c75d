/** Stands behind every mechanism of an instrumented handler: takes note where it matters, and puts the active one out of force. */
export interface Switchboard {
  /** The id of the mutant that is out of force. */
  active: string | undefined;
  /** The ids of the mutants that would have made a difference since this was last emptied. */
  readonly mattered: Set<string>;
  /** @returns a condition's value; when it is out of force, `without`. */
  condition(id: string, value: unknown, without: boolean): unknown;
  /** @returns one of two texts. */
  text(id: string, text: string, without: string): string;
  /** @returns a DynamoDB condition; when it is out of force, one that always holds. */
  expression(id: string, condition: string): string;
  /** Throws what a catch block was about to handle, when that is out of force. */
  caught(id: string, error: unknown): void;
  /** @returns the handler of a rejection, which when it is out of force rejects again. */
  rejection<TResult>(id: string, handle: (error: unknown) => TResult): (error: unknown) => TResult;
}

/** The name by which instrumented code finds the switchboard among the globals. */
export const switchboardName = "mutantSwitchboard";

/** @param withoutCondition see `clauses.ts`. */
function createSwitchboard(withoutCondition: (condition: string) => string): Switchboard {
  const mattered = new Set<string>();
  const board: Switchboard = {
    active: undefined,
    mattered,
    condition(id, value, without) {
      if (Boolean(value) !== without) mattered.add(id);
      return board.active === id ? without : value;
    },
    text(id, text, without) {
      mattered.add(id);
      return board.active === id ? without : text;
    },
    expression: (id, condition) => board.text(id, condition, withoutCondition(condition)),
    caught(id, error) {
      mattered.add(id);
      if (board.active === id) throw error;
    },
    rejection: (id, handle) => (error) => {
      board.caught(id, error);
      return handle(error);
    },
  };
  return board;
}

/** Puts a switchboard among the globals of this process, once. */
export function installSwitchboard(withoutCondition: (condition: string) => string): Switchboard {
  const globals = globalThis as { [switchboardName]?: Switchboard };
  globals[switchboardName] ??= createSwitchboard(withoutCondition);
  return globals[switchboardName];
}
