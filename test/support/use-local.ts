import { type Local, type LocalOptions, startLocal } from "../../testing";
import { program as ownProgram } from "./root";

/** How a program is started for the tests of a block. */
export interface UseLocalOptions extends LocalOptions {
  /** @default - the program of this repository */
  readonly program?: string;
}

/**
 * Starts a program for the tests of a `describe`, takes the faults out after each test, and stops it in the end.
 * @param options a function is asked once the tests run, which may be minutes after the files were read.
 * @returns the running program; it has no members before the tests run.
 */
export function useLocal(options: UseLocalOptions | (() => UseLocalOptions) = {}): Local {
  const local = {} as Local;
  before(async () => {
    const { program = ownProgram, ...others } = typeof options === "function" ? options() : options;
    Object.assign(local, await startLocal(program, others));
  });
  // Neither is there where the program did not start, and that is the failure to see.
  afterEach(() => local.faults?.clear());
  after(() => local.stop?.());
  return local;
}
