import { readFileSync } from "node:fs";
import { request } from "node:http";
import { expect } from "chai";
import type { Browser, Locator, Page } from "playwright-core";
import { type LocalConsole, launchChromium, openPage, startLocalConsole } from "./support/open-console";

/** Markup, a control character, and a mark that turns the writing direction around. */
const hostile = '<img src=x onerror="document.title=1">\u0007\u202egnp.exe';
const shown = '<img src=x onerror="document.title=1">\\u0007\\u202egnp.exe';

/** Every view, and a text that it has once it is there and the one before has not. */
const views = [
  ["/", "Spring launch"],
  ["/request", "Request the stream"],
  ["/tools", "Encoder channels"],
  ["/connect", "Credentials"],
  ["/streams/ready-one", "History"],
  ["/streams/ready-one/workflow", "Execution"],
  ["/streams/ready-one/messages", "StreamProvisionRequested"],
  ["/streams/ready-one/calls", "Only calls that failed"],
  ["/streams/ready-one/playback", "What viewers get now"],
  ["/streams/failed-one", "Failure"],
  ["/streams/failed-one/messages", "Stream failed-one: failed in AwaitLifecycleConfirmation"],
] as const;

describe("the console", () => {
  let running: LocalConsole;
  let browser: Browser | undefined;
  let page: Page;
  before(async () => {
    [running, browser] = await Promise.all([startLocalConsole(), launchChromium()]);
    await running.provision("failed-one", hostile);
    const reason = `black ${hostile}`;
    await running.api("PUT", "/streams", { streamId: "failed-one", status: "FAILED", reason });
    await running.local.executions.advanceUntil("failed-one");
    await running.provision("ready-one", "Spring launch");
    await running.api("PUT", "/streams", { streamId: "ready-one", status: "READY" });
    await running.local.executions.advanceUntil("ready-one");
    // Its distribution is deployed, and a segment complete.
    await running.local.clock.advance({ minutes: 1 });
  });
  after(async () => {
    await browser?.close();
    await running?.stop();
  });

  describe("as a server on 127.0.0.1", () => {
    /** The status of a request whose headers no browser's page could choose. */
    const statusOf = (path: string, headers: Record<string, string>, method = "GET") => {
      const { host } = new URL(running.console.url);
      return new Promise<number>((resolve, reject) => {
        const sent = request(
          `${running.console.url}${path}`,
          { method, headers: { host, ...headers } },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode ?? 0);
          },
        );
        sent.on("error", reject).end(method === "POST" ? "{}" : undefined);
      });
    };
    const json = { "content-type": "application/json" };

    for (const path of ["/", "/console.json", "/_console/tools", "/_console/api/streams"]) {
      it(`refuses ${path} under another name, as after DNS rebinding`, async () => {
        expect(await statusOf(path, { host: "attacker.example" })).to.equal(403);
        expect(
          await statusOf(path, { host: `attacker.example:${new URL(running.console.url).port}` }),
        ).to.equal(403);
        expect(await statusOf(path, {})).to.equal(200);
      });
    }

    it("refuses pages of other origins and sites, and what a form could send", async () => {
      const clock = "/_console/clock";
      expect(await statusOf(clock, { ...json, origin: "https://attacker.example" }, "POST")).to.equal(403);
      expect(await statusOf(clock, { ...json, origin: "null" }, "POST")).to.equal(403);
      expect(await statusOf(clock, { ...json, "sec-fetch-site": "cross-site" }, "POST")).to.equal(403);
      expect(await statusOf("/_console/tools", { "sec-fetch-site": "same-site" })).to.equal(403);
      expect(await statusOf(clock, { "content-type": "text/plain" }, "POST")).to.equal(403);
      expect(await statusOf("/_console/api/streams", { "content-type": "text/plain" }, "POST")).to.equal(403);
      // Its own page gets as far as the check of the body.
      expect(await statusOf(clock, { ...json, origin: running.console.url }, "POST")).to.equal(400);
      // A link on another page may open it.
      const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
      expect(await statusOf("/", link)).to.equal(200);
    });

    it("names every problem of a command at once", async () => {
      const fault = { service: "MediaLive", action: "constructor", error: "explode", times: 0 };
      const answer = await fetch(`${running.console.url}/_console/faults`, {
        ...{ method: "POST", headers: json, body: JSON.stringify(fault) },
      });
      expect([answer.status, await answer.json()]).to.deep.equal([
        400,
        {
          message: "Validation failed.",
          issues: [
            'service and action must be a call that the runtime serves, such as MediaLive StartChannel, received "MediaLive constructor".',
            'error must be one of throttle, 5xx, timeout, lost-answer, received "explode".',
            "times must be a whole number from 1 to 1000, received 0.",
          ],
        },
      ]);
    });

    it("answers 404 for what it does not have", async () => {
      for (const path of ["/../package.json", "/constructor", "/_console/none", "/_console/workflows/none"]) {
        expect(await statusOf(path, {}), path).to.equal(404);
      }
    });

    it("tells no ingest URL and no task token", async () => {
      await running.provision("waiting");
      const texts = await Promise.all(
        ["streams/ready-one", "streams/failed-one", "streams/waiting", "tools"].map(async (path) =>
          (await fetch(`${running.console.url}/_console/${path}`)).text(),
        ),
      );
      expect(texts.join("")).to.include("rtmps://ingest.example.com/…");
      expect(texts.join("")).to.not.include("secret-key");
      const { taskToken } = await running.local.streams.latest("waiting");
      expect(taskToken).to.be.a("string");
      expect(texts.join("")).to.not.include(taskToken);
      // Its channel is for others.
      await running.api("PUT", "/streams", { streamId: "waiting", status: "FAILED" });
      await running.local.executions.advanceUntil("waiting");
      await running.local.clock.advance({ minutes: 1 });
    });

    it("tells each call of a stream with the decision of IAM", async () => {
      const answer = await fetch(`${running.console.url}/_console/streams/ready-one`);
      const { calls } = (await answer.json()) as {
        calls: { service: string; action: string; outcome: string; decisions: object[] }[];
      };
      const start = calls.findLast(({ action }) => action === "StartChannel");
      expect(start).to.include({ service: "MediaLive", outcome: "answered" });
      expect(start?.decisions).to.deep.equal([
        {
          action: "medialive:StartChannel",
          resource: `arn:aws:medialive:us-east-1:000000000000:channel:${(await running.local.streams.latest("ready-one")).channelId}`,
          decision: "allowed",
        },
      ]);
    });
  });

  describe("in a browser", () => {
    before(async function () {
      if (browser) {
        page = await openPage(browser, running.console.url);
        return;
      }
      process.stderr.write(
        "No Chromium: the console's page was not tested. Install one, or name it in CHROMIUM_PATH.\n",
      );
      this.skip();
    });
    const go = async (hash: string) => {
      await page.goto(`${running.console.url}/#${hash}`);
      await page.locator("h1").waitFor();
    };
    /** Goes to something by the Tab key alone. */
    const tabTo = async (wanted: Locator) => {
      await wanted.waitFor();
      for (let steps = 0; steps < 60; steps += 1) {
        if ((await wanted.and(page.locator(":focus")).count()) > 0) return;
        await page.keyboard.press("Tab");
      }
      throw new Error("The Tab key does not lead there.");
    };
    const heading = (name: string) => page.getByRole("heading", { level: 1, name });

    it("lists streams, and shows hostile titles as text", async () => {
      await go("/");
      const row = page.getByRole("row", { name: "failed-one" });
      await row.getByText(shown).waitFor();
      expect(await row.innerText()).to.include("FAILED");
      await go("/streams/failed-one");
      await page.getByText(`black ${shown}`).first().waitFor();
      expect(await page.title()).to.equal("Streams");
    });

    it("searches by id and title, and filters by status", async () => {
      await go("/");
      await page.getByRole("searchbox").fill("SPRING");
      await page.getByText(/^Searched the latest \d streams\.$/).waitFor();
      expect(await page.getByRole("row").count()).to.equal(2);
      await page.getByRole("searchbox").fill("");
      await page.getByLabel("Status").selectOption("FAILED");
      await page.getByRole("link", { name: "ready-one" }).waitFor({ state: "detached" });
      await page.getByRole("link", { name: "failed-one" }).waitFor();
    });

    it("shows the issues of a refused request beside their fields, and takes the focus there", async () => {
      await go("/request");
      await page.getByLabel("Id", { exact: true }).fill("a b");
      await page.getByLabel("URL", { exact: true }).fill("http://wrong.example.com/key");
      await page.getByRole("button", { name: "Request the stream" }).click();
      const id = page.getByLabel("Id", { exact: true });
      await page.getByRole("alert").getByText("Validation failed.").waitFor();
      expect(await id.getAttribute("aria-invalid")).to.equal("true");
      const described = (await id.getAttribute("aria-describedby"))?.split(" ") ?? [];
      const texts = await Promise.all(described.map((each) => page.locator(`#${each}`).innerText()));
      expect(texts.join(" ")).to.include('must match ^[a-zA-Z0-9-]{3,64}$, received "a b".');
      const url = page.locator("#field-ingestEndpoints-0-url-issues");
      expect(await url.innerText()).to.include("must begin with rtmps://");
      expect(await page.locator("#field-title-issues").innerText()).to.equal("is required.");
      expect(await page.evaluate("document.activeElement.getAttribute('role')")).to.equal("alert");
      await page.getByRole("alert").getByRole("link", { name: "title" }).click();
      expect(await page.evaluate("document.activeElement.id")).to.equal("field-title");
    });

    it("requests, follows the graph live, confirms and ends a stream, by the keyboard alone", async () => {
      // The form of the test before keeps what was typed until its view is left.
      await go("/");
      await go("/request");
      await tabTo(page.getByLabel("Id", { exact: true }));
      await page.keyboard.type("by-keyboard");
      await page.keyboard.press("Tab");
      await page.keyboard.type("By keyboard");
      await tabTo(page.getByLabel("URL", { exact: true }));
      await page.keyboard.type("rtmps://ingest.example.com/live/by-keyboard");
      await page.keyboard.press("Enter");
      await heading("by-keyboard").waitFor();
      const state = (name: string) => page.locator(`[data-state=${name}]`);
      await state("AwaitLifecycleConfirmation").and(page.locator("[aria-current=step]")).waitFor();
      expect(await state("PublishReadyNotification").getAttribute("aria-label")).to.include("not reached");

      await tabTo(page.getByRole("button", { name: "Confirm READY" }));
      await page.keyboard.press("Enter");
      // Nothing is reloaded: the runtime tells the page.
      await state("WorkflowSucceeded").and(page.locator(".done")).waitFor();
      await page.getByRole("status").filter({ hasText: "SUCCEEDED" }).waitFor();

      await tabTo(page.getByRole("button", { name: "End…" }));
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      // A dialog that was closed has no role any more, a moment before the page is told.
      await page.locator("dialog").waitFor({ state: "detached" });
      expect(await page.evaluate("document.activeElement.textContent")).to.equal("End…");
      await page.keyboard.press("Enter");
      await tabTo(page.getByRole("button", { name: "End the stream" }));
      await page.keyboard.press("Enter");
      await page.locator(".heading .status").filter({ hasText: "COMPLETE" }).waitFor();
      await running.local.clock.advance({ minutes: 2 });
    });

    it("shows every state of the definition on demand", async () => {
      await go("/streams/ready-one/workflow");
      const count = () => page.locator("[data-state]").count();
      await page.locator("[data-state=WorkflowSucceeded]").waitFor();
      expect(await count()).to.equal(11);
      await page.getByRole("combobox", { name: "States" }).selectOption("Those it went through");
      await page.locator("[data-state=ReadChannelState].done").waitFor();
      const visited = new Set(running.local.executions.get("ready-one")?.path).size;
      expect(await count()).to.equal(visited);
      await page.getByRole("combobox", { name: "States" }).selectOption("All states of the definition");
      await page.locator("[data-state=WaitForCapacityTurn].ahead").waitFor();
      expect(await count()).to.be.above(visited + 20);
    });

    it("marks a stream FAILED with a reason, which on-call gets", async () => {
      await running.provision("to-be-failed");
      await go("/streams/to-be-failed");
      await page.getByRole("button", { name: "Fail…" }).click();
      await page.getByLabel("Reason").fill("The venue is closed.");
      await page.getByRole("button", { name: "Mark it FAILED" }).click();
      await page.locator(".heading .status").filter({ hasText: "FAILED" }).waitFor();
      await running.local.executions.advanceUntil("to-be-failed");
      await page.getByRole("link", { name: "Events" }).click();
      await page.getByText("Stream to-be-failed: failed in AwaitLifecycleConfirmation").waitFor();
      await page.getByText("Cause:     The venue is closed.").waitFor();
    });

    it("steps the clock, kills a channel and injects a fault", async () => {
      await go("/tools");
      const before = running.local.clock.now();
      await page.getByRole("button", { name: "+ 1 minute" }).click();
      await page.getByRole("status").filter({ hasText: "forward by 1 minute" }).waitFor();
      expect(running.local.clock.now()).to.equal(before + 60_000);

      const idle = running.local.encoder.all().find(({ state }) => state === "IDLE")?.id ?? "";
      running.local.encoder.setState(idle, "RUNNING");
      await page.getByRole("button", { name: `Lose input, channel ${idle}` }).click();
      await page.getByText("Video Not Detected").first().waitFor();
      await page.getByRole("button", { name: `Kill, channel ${idle}` }).click();
      await page
        .getByRole("status")
        .filter({ hasText: `Channel ${idle}: Kill.` })
        .waitFor();
      expect(running.local.encoder.get(idle).state).to.equal("IDLE");

      await page.getByRole("combobox", { name: "Call", exact: true }).selectOption("MediaLive StartChannel");
      await page.getByLabel("What happens").selectOption("5xx");
      await page.getByLabel("Calls", { exact: true }).fill("20");
      await page.getByRole("button", { name: "Inject" }).click();
      await page.getByRole("button", { name: "Remove the fault of MediaLive StartChannel" }).waitFor();
      const answer = await running.local.runtime.gate
        .perform(
          { caller: { kind: "user", name: "user" }, service: "MediaLive", action: "StartChannel", input: {} },
          async () => "started",
        )
        .catch(({ code }: { code: string }) => code);
      expect(answer).to.equal("InternalServerErrorException");
      await page.getByRole("button", { name: "Remove the fault of MediaLive StartChannel" }).click();
      await page.getByText("No fault is set up.").waitFor();
    });

    it("reads dead letters, and shows them as text", async () => {
      const { local } = running;
      local.faults.refuse({ detailType: "StreamLifecycleProgressed", forGood: true });
      await local.streams.announce("never-requested", "READY", { reason: hostile });
      await local.settled();
      local.faults.clear();
      await go("/tools");
      const letters = page.getByRole("region", { name: "Dead letters" });
      await letters.getByText("NO_PERMISSIONS").first().waitFor();
      await letters.getByText("Event", { exact: true }).first().click();
      await letters.getByText("never-requested").first().waitFor();
    });

    it("reads what viewers get, and loads the player when it is asked to play", async () => {
      const loaded: string[] = [];
      page.on("request", (sent) => loaded.push(new URL(sent.url()).pathname));
      await go("/streams/ready-one/playback");
      await page.getByText("ready-one, attempt 1").first().waitFor();
      expect(loaded).to.not.include("/hls-player.js");
      // The player asks for the playlist anew.
      const library = page.waitForResponse((answer) => answer.url().endsWith("/hls-player.js"));
      const playlist = page.waitForResponse((answer) => answer.url().endsWith("/ready-one/index.m3u8"));
      await page.getByRole("button", { name: "Play" }).click();
      expect([(await library).status(), (await playlist).status()]).to.deep.equal([200, 200]);
    });

    for (const [width, colorScheme] of [
      [390, "dark"],
      [1280, "light"],
    ] as const) {
      it(`has every view at ${width} pixels in ${colorScheme} without overflow and without a violation that axe finds`, async () => {
        if (!browser) throw new Error("There is no browser.");
        const other = await openPage(browser, running.console.url, { width, colorScheme });
        const problems: string[] = [];
        other.on("console", (message) => message.type() === "error" && problems.push(message.text()));
        other.on("pageerror", (error) => problems.push(error.message));
        await other.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
        for (const [view, text] of views) {
          await other.evaluate(`location.hash = ${JSON.stringify(view)}`);
          await other.locator("main").getByText(text).first().waitFor();
          const found = await other.evaluate<string[]>(
            "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html).join(' ')))",
          );
          expect(found, view).to.deep.equal([]);
          expect(await other.evaluate("document.documentElement.scrollWidth"), view).to.equal(width);
        }
        const background = await other.evaluate("getComputedStyle(document.body).backgroundColor");
        expect(background).to.equal(colorScheme === "dark" ? "rgb(18, 19, 21)" : "rgb(246, 246, 244)");
        expect(problems).to.deep.equal([]);
        await other.context().close();
      });
    }
  });
});
