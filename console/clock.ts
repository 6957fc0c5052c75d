import { useEffect, useState } from "preact/hooks";

/** The runtime's clock as it was told last: a local one may be put forward, run faster, or stand still. */
let told = { time: Date.now(), at: Date.now(), speed: 1 };

/** @param speed seconds that pass in one; 0 for a clock that stands still. */
export function setClock(time: string, speed: number): void {
  told = { time: Date.parse(time), at: Date.now(), speed };
}

/** @returns milliseconds since the Unix epoch, by the runtime's clock; by this machine's for a deployment. */
export function now(): number {
  return told.time + (Date.now() - told.at) * told.speed;
}

/** @returns the time, and shows it anew after every so many milliseconds. */
export function useNow(milliseconds: number): number {
  const [, show] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => show((count) => count + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now();
}
