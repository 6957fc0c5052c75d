import { join } from "node:path";

/** The repository's root folder. */
export const root = join(__dirname, "..", "..");
/** The program of this repository. */
export const program = join(root, "index.ts");
