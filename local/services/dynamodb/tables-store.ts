import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { dirname, resolve } from "node:path";
import { requireOptionalLibrary } from "../optional-library";

/** The database under dynalite, as far as it is looked at here. */
interface Database {
  open(): Promise<void>;
  put(...call: unknown[]): unknown;
  del(...call: unknown[]): unknown;
  batch(...call: unknown[]): unknown;
}

/**
 * Opens the tables of a folder, or tables in memory.
 *
 * dynalite hands out its server and keeps its database to itself; an error of the database ends the process with a stack trace. So the
 * database is caught as dynalite makes it, opened first, and its failures are kept from dynalite.
 *
 * @param onBroken told when the folder can no longer be written to. What was acknowledged before is in it; the call is not answered.
 * @returns dynalite, which answers DynamoDB's JSON protocol.
 * @throws {Error} one sentence, when the folder cannot be used, or another process uses it.
 */
export async function openTables(
  folder: string | undefined,
  onBroken: (error: Error) => void,
): Promise<Server> {
  // Jest has no import() in CommonJS, unless Node.js is started with --experimental-vm-modules.
  const dynalite = requireOptionalLibrary("dynalite", () => require("dynalite") as typeof import("dynalite"));
  if (folder !== undefined) makeFolder(folder);
  const library = require("dynalite/db") as { create: (options: object) => { db: Database } };
  const { create } = library;
  let database: Database | undefined;
  library.create = (options) => {
    const store = create(options);
    database = store.db;
    return store;
  };
  let server: Server;
  try {
    server = dynalite({ ...(folder !== undefined && { path: folder }), createTableMs: 0 });
  } finally {
    library.create = create;
  }
  if (!database)
    throw new Error("This version of dynalite keeps its tables in another way. Install dynalite 4.");
  try {
    await database.open();
  } catch (error) {
    throw refusal(String(folder), (error as Error).cause ?? error);
  }
  watchWrites(database, (error) => onBroken(brokenFolder(String(folder), error)));
  return server;
}

/** A write that fails is answered by nobody: dynalite would end the process over it. */
function watchWrites(database: Database, onFailure: (error: Error) => void): void {
  let isBroken = false;
  for (const write of ["put", "del", "batch"] as const) {
    const original = database[write];
    database[write] = (...call: unknown[]) => {
      const done = call.at(-1);
      if (typeof done !== "function") return original.apply(database, call);
      return original.apply(database, [
        ...call.slice(0, -1),
        (error: unknown, ...rest: unknown[]) => {
          if (isStorageError(error) && !isBroken) {
            isBroken = true;
            onFailure(error);
          }
          // What fails afterwards, fails because of the first failure.
          if (!isBroken || !error) done(error, ...rest);
        },
      ]);
    };
  }
}

function isStorageError(error: unknown): error is Error {
  const { code = "" } = (error ?? {}) as NodeJS.ErrnoException;
  return /^LEVEL_(IO_ERROR|CORRUPTION)$/.test(code);
}

function brokenFolder(folder: string, cause: Error): Error {
  const message =
    `The data folder '${folder}' can no longer be written to (${reasonOf(cause)}). ` +
    "What was answered before is kept: make room, and start again with the same folder.";
  return new Error(message, { cause });
}

function refusal(folder: string, cause: unknown): Error {
  if ((cause as NodeJS.ErrnoException).code === "LEVEL_LOCKED") {
    return new Error(
      `The data folder '${folder}' is in use by another runtime. Stop that one, or name another folder.`,
      { cause },
    );
  }
  const message = `The data folder '${folder}' cannot be used (${reasonOf(cause)}). Name a folder that holds tables, or none yet.`;
  return new Error(message, { cause });
}

/** `IO error: /data/000003.log: No space left on device` → `No space left on device` */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^.*: /s, "");
}

/** @throws {Error} when the path is a file's, or may not be written to. */
function makeFolder(folder: string): void {
  try {
    makeFolders(resolve(folder));
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(
      `The data folder '${folder}' cannot be used (${code}). Name a folder that can be written to.`,
      { cause },
    );
  }
}

/** As `mkdirSync` with `recursive`, which never ends below a folder such as /proc. */
function makeFolders(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(parent);
  mkdirSync(folder);
}
