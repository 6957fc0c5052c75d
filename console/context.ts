import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Connection } from "./connection";
import type { Contract } from "./types";

/** What every view needs. */
export interface Surroundings {
  readonly connection: Connection;
  readonly contract: Contract;
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined);

/** @throws {Error} outside of a view. */
export function useSurroundings(): Surroundings {
  const found = useContext(SurroundingsContext);
  if (!found) throw new Error("A view is shown without its surroundings.");
  return found;
}
