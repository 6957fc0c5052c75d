/** Notices that a program ends the process. */
export interface ExitWatch {
  /** Rejects when the program calls `process.exit`, even if it catches what that throws. */
  readonly called: Promise<never>;
  stop(): void;
}

/**
 * Has `process.exit` fail the program that is being recorded. Under Pulumi it ends the deployment; here it would end the command without a
 * word, or the tests.
 */
export function watchForExit(): ExitWatch {
  const { exit } = process;
  let reject: (error: Error) => void = () => undefined;
  const called = new Promise<never>((_, fail) => {
    reject = fail;
  });
  // The watch may end before anybody waits for it.
  called.catch(() => undefined);
  process.exit = (code) => {
    const error = new Error(
      `The program calls process.exit(${code ?? ""}), which ends a deployment before everything is registered.`,
    );
    reject(error);
    throw error;
  };
  return {
    called,
    stop: () => {
      process.exit = exit;
    },
  };
}
