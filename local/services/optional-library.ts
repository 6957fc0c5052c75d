/**
 * Loads a library that only the local runtime needs, and that a team which only deploys does not install.
 * @throws {Error} with the command that installs it when it is missing.
 */
export async function loadOptionalLibrary<Library>(
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (cause) {
    throw missing(name, cause);
  }
}

/** As {@link loadOptionalLibrary}, for a library that is needed at once: `load` calls `require`. */
export function requireOptionalLibrary<Library>(name: string, load: () => Library): Library {
  try {
    return load();
  } catch (cause) {
    throw missing(name, cause);
  }
}

function missing(name: string, cause: unknown): unknown {
  const { code, message = "" } = cause as NodeJS.ErrnoException;
  if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") return cause;
  // What the library itself does not find is another trouble.
  if (!message.includes(`'${name}`)) return cause;
  return new Error(
    `The local runtime needs the library "${name}". Install it: npm install --save-dev ${name}`,
    {
      cause,
    },
  );
}

/**
 * Looks whether libraries are there that every program needs, before anything is started.
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
  if (absent.length === 0) return;
  const list = absent.map((name) => `"${name}"`).join(" and ");
  throw new Error(`The local runtime needs ${list}. Install: npm install --save-dev ${absent.join(" ")}`);
}
