import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** How often a deployment is asked again, which tells nothing by itself. */
const pollMilliseconds = 5000;

type Listener = () => void;
const listeners = new Set<Listener>();
let source: EventSource | undefined;
let isOpen = false;

/** Whether the page is told of changes at once. */
export function useChangesOpen(): boolean {
  const [open, setOpen] = useState(isOpen);
  useEffect(() => {
    const look = () => setOpen(isOpen);
    listeners.add(look);
    // It may have opened before the page was shown.
    look();
    return () => void listeners.delete(look);
  }, []);
  return open;
}

/** Opens the stream of changes of a local runtime. The browser opens it again where it breaks. */
export function openChanges(): void {
  source = new EventSource("_console/changes");
  const tell = () => {
    for (const listener of listeners) listener();
  };
  source.addEventListener("open", () => {
    isOpen = true;
    tell();
  });
  source.addEventListener("error", () => {
    isOpen = false;
    tell();
  });
  source.addEventListener("change", tell);
}

export interface Live<T> {
  /** What was read last; undefined before the first answer. */
  readonly value: T | undefined;
  /** Why the latest read failed. */
  readonly error: Error | undefined;
  /** Reads again now. */
  readonly refresh: () => void;
}

/**
 * Reads something, and again after every change: a local runtime tells of changes, a deployment is polled while the page is in sight.
 *
 * @param key what is read; another one is read anew.
 */
export function useLive<T>(key: string, read: () => Promise<T>): Live<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: Error }>({ key });
  const latest = useRef(read);
  latest.current = read;
  const isReading = useRef(false);
  const again = useRef(false);
  const current = useRef(key);
  current.current = key;

  const refresh = useCallback(() => {
    if (isReading.current) {
      again.current = true;
      return;
    }
    isReading.current = true;
    const asked = current.current;
    latest.current().then(
      (value) => finish(() => setState({ key: asked, value })),
      (error: unknown) =>
        finish(() =>
          setState((before) => ({
            ...(before.key === asked ? before : { key: asked }),
            error: error as Error,
          })),
        ),
    );
    function finish(show: () => void) {
      isReading.current = false;
      if (asked === current.current) show();
      if (!again.current && asked === current.current) return;
      again.current = false;
      refresh();
    }
  }, []);

  useEffect(refresh, [key, refresh]);
  useEffect(() => {
    if (source) {
      listeners.add(refresh);
      return () => void listeners.delete(refresh);
    }
    const timer = setInterval(() => document.visibilityState === "visible" && refresh(), pollMilliseconds);
    return () => clearInterval(timer);
  }, [refresh]);

  const isCurrent = state.key === key;
  return { value: isCurrent ? state.value : undefined, error: isCurrent ? state.error : undefined, refresh };
}
