// Takes the pictures of docs/console.md, one of each view: npm run pictures.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { root } from "../support/root";
import {
  type LocalConsole,
  launchChromium,
  openPage,
  type PageOptions,
  startLocalConsole,
} from "./support/open-console";

const folder = join(root, "docs", "images");

/** As much as shows the workflow of the contract. */
const maxHeight = 1030;

interface Picture extends PageOptions {
  readonly name: string;
  /** What is done before the picture is taken. Each ends once it is on the page. */
  readonly prepare: (page: Page) => Promise<unknown>;
}

const pictures: readonly Picture[] = [
  { name: "streams", hash: "/", prepare: (page) => page.getByText("Spring launch").waitFor() },
  {
    name: "overview",
    hash: "/streams/spring-launch",
    prepare: (page) => page.getByText("Video Not Detected").waitFor(),
  },
  {
    name: "workflow",
    hash: "/streams/cup-final/workflow",
    prepare: (page) => page.locator("[data-state=AwaitLifecycleConfirmation].current").waitFor(),
  },
  {
    name: "supporting-states",
    hash: "/streams/town-hall/workflow",
    prepare: async (page) => {
      await page.getByRole("combobox", { name: "States" }).selectOption("Those it went through");
      await page.locator("[data-state=ReadChannelState].done").waitFor();
    },
  },
  {
    name: "events",
    hash: "/streams/town-hall/messages",
    prepare: (page) => page.getByText("Stream town-hall: failed").waitFor(),
  },
  {
    name: "calls",
    hash: "/streams/town-hall/calls",
    prepare: (page) => page.getByRole("rowheader", { name: "MediaLive StartChannel" }).first().waitFor(),
  },
  {
    name: "playback",
    hash: "/streams/spring-launch/playback",
    prepare: (page) => page.getByText("spring-launch, attempt 1").first().waitFor(),
  },
  {
    name: "request",
    hash: "/request",
    prepare: async (page) => {
      await page.getByLabel("Id", { exact: true }).fill("a b");
      await page.getByLabel("URL", { exact: true }).fill("http://ingest.example.com/live");
      await page.getByRole("button", { name: "Request the stream" }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "tools",
    hash: "/tools",
    prepare: (page) => page.getByRole("button", { name: /^Remove the fault/ }).waitFor(),
  },
  {
    name: "connection",
    hash: "/connect",
    prepare: async (page) => {
      const apiUrl = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";
      const cognito = { domain: "https://streams.auth.us-east-1.amazoncognito.com", clientId: "example" };
      await page.route("**/console.json", (route) =>
        route.fulfill({ json: { apiUrl, authorization: "JWT", cognito } }),
      );
      await page.reload();
      await page.getByRole("button", { name: "Sign in" }).waitFor();
    },
  },
  {
    name: "narrow",
    ...{ hash: "/streams/cup-final/workflow", width: 390, colorScheme: "dark" },
    prepare: (page) => page.locator("[data-state=AwaitLifecycleConfirmation].current").waitFor(),
  },
];

/** Three streams: one that failed, one that is ready and gets no input, and one that waits for its confirmation. */
async function prepareStreams({ local, api, provision, console }: LocalConsole): Promise<void> {
  local.faults.slow({ service: "MediaLive", action: "StartChannel", seconds: 1.8 });
  local.faults.slow({ service: "CloudFront", action: "UpdateDistribution", seconds: 2.4 });
  await provision("town-hall", "Town hall, all regions");
  await local.clock.advance({ minutes: 1 });
  await api("PUT", "/streams", { streamId: "town-hall", status: "FAILED", reason: "The picture is black." });
  await local.executions.advanceUntil("town-hall");
  await local.clock.advance({ minutes: 3 });
  await provision("spring-launch", "Spring launch");
  await local.clock.advance({ seconds: 20 });
  await api("PUT", "/streams", { streamId: "spring-launch", status: "READY" });
  await local.executions.advanceUntil("spring-launch");
  await local.clock.advance({ minutes: 4 });
  const { channelId = "" } = await local.streams.latest("spring-launch");
  local.encoder.loseInput(channelId);
  await provision("cup-final", "Cup final");
  await local.clock.advance({ seconds: 75 });
  await fetch(`${console.url}/_console/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ service: "MediaLive", action: "StopChannel", error: "throttle", times: 3 }),
  });
}

async function take(browser: Browser, url: string, { name, prepare, ...options }: Picture): Promise<void> {
  const page = await openPage(browser, url, options);
  await prepare(page);
  // As high as what is on it, and no higher than a screen.
  const height = Number(await page.evaluate("document.querySelector('main').getBoundingClientRect().bottom"));
  const { width } = page.viewportSize() ?? { width: 1280 };
  await page.setViewportSize({ width, height: Math.min(Math.ceil(height), maxHeight) });
  await page.mouse.move(0, 0);
  const png = await page.screenshot();
  writeFileSync(join(folder, `console-${name}.webp`), await toWebP(browser, png));
  await page.context().close();
}

/** A picture in the documents has this many bytes at most. */
const maxBytes = 60_000;

/** Half as large as PNG; the browser encodes it, in the best quality that fits. */
async function toWebP(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  const address = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    const sizes = [0.85, 0.75, 0.65, 0.55, 0.45, 0.35].map((quality) => canvas.toDataURL("image/webp", quality));
    return sizes.find((address) => address.length * 0.75 < ${maxBytes}) ?? sizes.at(-1);
  })()`);
  await page.close();
  return Buffer.from(address.split(",")[1] ?? "", "base64");
}

async function main(): Promise<void> {
  const browser = await launchChromium();
  if (!browser) throw new Error("There is no Chromium. Install one, or name it in CHROMIUM_PATH.");
  const running = await startLocalConsole();
  mkdirSync(folder, { recursive: true });
  try {
    await prepareStreams(running);
    for (const picture of pictures) await take(browser, running.console.url, picture);
  } finally {
    await browser.close();
    await running.stop();
  }
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  console.error(error);
});
