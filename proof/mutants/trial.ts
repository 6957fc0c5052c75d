import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../matrix/sites";

/** Something that runs by itself and finds a program that does not behave: JSON, so that it can be handed to another process. */
export type Trial =
  | { readonly kind: "journey"; readonly name: string; readonly cleanEnd: string }
  | {
      readonly kind: "case";
      readonly name: string;
      readonly journey: string;
      readonly place: Place;
      readonly trouble: string;
      readonly cleanEnd: string;
      /** Whether it is of the share that each survey runs. */
      readonly isShared: boolean;
    }
  | { readonly kind: "situation"; readonly name: string; readonly act: string }
  | {
      readonly kind: "tests";
      readonly name: string;
      readonly file: string;
      /** Runs only the tests that have this word in their names. @default - all */
      readonly only?: string;
    };

/** The folders of tests that look at behaviour, and not at what is written in a definition or a bundle. */
const testFolders = ["test/journeys", "test/handlers"];
const notBehaviour = ["test/handlers/bundles.test.ts"];

/**
 * @returns a trial for each file of tests that names a state, as a text of its own or after the colon in a test's name: the tests with the state
 * in their names alone, which are quick.
 */
export function listNamedTests(root: string, state: string): Trial[] {
  const word = new RegExp(`(?:"|: )${state}\\b`);
  return listTests(root).flatMap((trial) =>
    trial.kind === "tests" && word.test(readFileSync(trial.file, "utf8"))
      ? [{ ...trial, name: `${trial.name} of ${state}`, only: state }]
      : [],
  );
}

/** @returns a trial for each file of such tests. */
export function listTests(root: string): Trial[] {
  return testFolders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".test.ts") && !notBehaviour.includes(file))
      .sort()
      .map((file): Trial => ({ kind: "tests", name: file, file: join(root, file) })),
  );
}
