/** The part of dynalite that is used here: it ships no types. */
declare module "dynalite" {
  import type { Server } from "node:http";

  function dynalite(options: {
    /** A LevelDB directory; in memory when left out. */
    path?: string;
    createTableMs?: number;
  }): Server;
  export = dynalite;
}
