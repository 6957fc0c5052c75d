/**
 * Libraries of which the local runtime needs one very version: Step Functions evaluates JSONata 2.0.6, and later versions differ in
 * what they parse and yield.
 */
const exactVersions: { readonly [name: string]: string } = { jsonata: "2.0.6" };

/**
 * Loads a library that only the local runtime needs, and that a team which only deploys does not install.
 * @throws {Error} with the command that installs it when it is missing, or there in another version than the one that is needed.
 */
export async function loadOptionalLibrary<Library>(
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return checked(name, await load());
  } catch (cause) {
    throw missing(name, cause);
  }
}

/** As {@link loadOptionalLibrary}, for a library that is needed at once: `load` calls `require`. */
export function requireOptionalLibrary<Library>(name: string, load: () => Library): Library {
  try {
    return checked(name, load());
  } catch (cause) {
    throw missing(name, cause);
  }
}

function missing(name: string, cause: unknown): unknown {
  const { code, message = "" } = cause as NodeJS.ErrnoException;
  if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") return cause;
  // What the library itself does not find is another trouble.
  if (!message.includes(`'${name}`)) return cause;
  return new Error(`The local runtime needs the library "${name}". Install it: ${installation(name)}`, {
    cause,
  });
}

/** Libraries whose version was right once. */
const right = new Set<string>();

function checked<Library>(name: string, library: Library): Library {
  if (right.has(name)) return library;
  const problem = wrongVersion(name);
  if (problem !== undefined) throw new Error(problem);
  right.add(name);
  return library;
}

/** @returns what is wrong with the version of a library that is there. */
function wrongVersion(name: string): string | undefined {
  const wanted = exactVersions[name];
  if (wanted === undefined) return undefined;
  const { version } = require(`${name}/package.json`) as { version: string };
  return versionProblem(name, version);
}

/** @returns what is wrong with a version of a library, undefined when nothing is. */
export function versionProblem(name: string, version: string): string | undefined {
  const wanted = exactVersions[name];
  if (wanted === undefined || version === wanted) return undefined;
  return `The local runtime needs "${name}" in version ${wanted}, the one of AWS Step Functions, but ${version} is installed. Install it: ${installation(name)}`;
}

/** @returns the command that installs libraries, those with one right version in that version. */
function installation(...names: readonly string[]): string {
  const wanted = names.map((name) => (exactVersions[name] ? `${name}@${exactVersions[name]}` : name));
  // Without the option, npm would take a later version one day.
  const exact = names.some((name) => exactVersions[name]) ? " --save-exact" : "";
  return `npm install --save-dev${exact} ${wanted.join(" ")}`;
}

/**
 * Looks whether libraries are there that every program needs, in the right version, before anything is started.
 * @throws {Error} that names all that are missing, with the command that installs them.
 */
export function checkOptionalLibraries(...names: readonly string[]): void {
  const absent = names.filter((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  if (absent.length > 0) {
    const list = absent.map((name) => `"${name}"`).join(", ");
    throw new Error(`The local runtime needs ${list}. Install: ${installation(...absent)}`);
  }
  const problems = names.map(wrongVersion).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(problems.join("\n"));
}
