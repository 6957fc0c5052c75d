import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { Recorder } from "../../../cli/console/recorder";
import { type RunningConsole, startConsole } from "../../../cli/console/server";
import { type Local, startLocal } from "../../../testing";
import { program, root } from "../../support/root";

/** Where Debian, Ubuntu, macOS and Windows have a Chromium; `CHROMIUM_PATH` names any other. */
const places = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns a running Chromium; undefined where there is none. */
export async function launchChromium(): Promise<Browser | undefined> {
  const executablePath = places.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) return undefined;
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath,
    args: [
      // The sandbox needs rights that a container does not give.
      "--no-sandbox",
      // A page at a public name would be asked whether it may call 127.0.0.1, where the API of these tests is.
      "--disable-features=LocalNetworkAccessChecks",
    ],
  });
}

export interface LocalConsole {
  readonly local: Local;
  readonly console: RunningConsole;
  /** Calls the API by way of the console, which signs. */
  readonly api: (method: string, path: string, body?: object) => Promise<Response>;
  /** Requests a stream, and lets time pass until its workflow waits for the confirmation. */
  readonly provision: (streamId: string, title?: string) => Promise<void>;
  stop(): Promise<void>;
}

const startAt = "2026-11-22T18:00:00Z";

/** Runs the program of this repository with its console, on a clock that stands still. */
export async function startLocalConsole(): Promise<LocalConsole> {
  let now = () => Date.parse(startAt);
  const recorder = new Recorder(() => now());
  const local = await startLocal(program, {
    ...{ startAt, auth: "on", listener: recorder },
    config: {
      channelIds: "1234567,7654321",
      originDomainNames: "studio-1.example.com,studio-2.example.com",
      ...{ playbackDomainName: "live.example.com", manifests: "hls=HLS:index.m3u8" },
    },
  });
  now = () => local.clock.now();
  recorder.attach(local.gate, (arn) => local.runtime.services.StepFunctions.historyOf(arn));
  const clock = { now, speed: 0, advance: (milliseconds: number) => local.clock.advance({ milliseconds }) };
  const console = await startConsole({
    ...{ runtime: local.runtime, recorder, clock, auth: "on", callerNow: now },
    ...{ folder: join(root, "dist", "console"), port: 0 },
  });
  const api = (method: string, path: string, body?: object) =>
    fetch(`${console.url}/_console/api${path}`, {
      method,
      ...(method !== "GET" && { headers: { "content-type": "application/json" } }),
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    ...{ local, console, api },
    provision: async (streamId, title = streamId) => {
      const url = `rtmps://ingest.example.com/live/${streamId}-secret-key`;
      const request = { streamId, title, startTime: new Date(now()).toISOString() };
      const ingestEndpoints = [{ protocol: "rtmps", url }];
      const { status } = await api("POST", "/streams", {
        ...request,
        ingestEndpoints,
        metadata: { region: "emea" },
      });
      if (status !== 202) throw new Error(`POST /streams was answered ${status}.`);
      await local.streams.untilWaiting(streamId);
    },
    stop: async () => {
      await console.stop();
      await local.stop();
    },
  };
}

/** How a page is opened. */
export interface PageOptions {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  /** The part of the address behind the number sign. */
  readonly hash?: string;
}

/** Opens the console in a page of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, colorScheme = "light", hash = "/" }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${url}/#${hash}`);
  await page.locator("h1").waitFor();
  return page;
}
