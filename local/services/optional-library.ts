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
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      `The local runtime needs the library "${name}". Install it: npm install --save-dev ${name}`,
      { cause },
    );
  }
}
