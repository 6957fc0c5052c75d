import type { RuntimeListener } from "../../local/runtime";

/** Makes one listener of several: each is told, in their order. */
export function joinListeners(...listeners: readonly RuntimeListener[]): RuntimeListener {
  const names = new Set(listeners.flatMap((listener) => Object.keys(listener)));
  const entries = [...names].map((name) => {
    const heard = listeners.flatMap((listener) => {
      const member: unknown = listener[name as keyof RuntimeListener];
      return typeof member === "function" ? [member as (...args: unknown[]) => void] : [];
    });
    return [name, (...args: unknown[]) => heard.forEach((tell) => void tell(...args))];
  });
  return Object.fromEntries(entries) as RuntimeListener;
}
