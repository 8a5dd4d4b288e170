#!/usr/bin/env node
// Measures what a person feels, in Chromium with its processor slowed down four times: opening a conversation of 1,000
// messages, typing below it while an answer is written, and going from one conversation to another.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";
import { CHROMIUM, optionsOf } from "./options.mjs";
import { basics, endAll, freePorts, onEnd, startApp, startSandbox } from "./processes.mjs";

const HELP = `\
Usage: node bench/browser.mjs [--built FOLDER] [--sandbox FILE] [--chromium FILE]

Needs psql, Playwright (npm ci in end2end), Chromium, the release build in FOLDER (target) and a sandbox.`;

const PERSONA = "Alice Archer";
const LONG = "01930000-0000-7000-8000-000000000001";
const SHORT = "01930000-0000-7000-8000-000000000002";
const SLOWER = 4;
const TIMES = 10;

const rows = (id, title, count) => `
  INSERT INTO conversations (id, owner_id, title, message_count)
    SELECT '${id}', id, '${title}', ${count} FROM users WHERE display_name = '${PERSONA}';
  INSERT INTO messages (id, conversation_id, owner_id, position, role, content, status, model, parent_id)
    SELECT id, c, o, n, CASE n % 2 WHEN 0 THEN 'user' ELSE 'assistant' END,
           'Paragraph ' || n || E'\\n\\n- one\\n- **two**\\n\\n' || repeat('text of some length ', 30), 'complete',
           CASE n % 2 WHEN 1 THEN 'gpt-5-mini' END, lag(id) OVER (ORDER BY n)
    FROM (SELECT gen_random_uuid() AS id, '${id}'::uuid AS c, n,
                 (SELECT id FROM users WHERE display_name = '${PERSONA}') AS o FROM generate_series(0, ${count - 1}) n) m;
  UPDATE conversations SET leaf_id = (SELECT id FROM messages m WHERE m.conversation_id = '${id}'
                                      ORDER BY position DESC LIMIT 1) WHERE id = '${id}';`;

const sorted = (values) => [...values].sort((one, other) => one - other);
const at = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? NaN;

/// Presses `count` keys at a person's pace. How long each took: as the browser's Event Timing has
/// it, from the key to the next frame on the screen, in steps of 8 ms (what took less than 16 is not told, and counts as
/// 8); and from the key until the main thread has drawn the next frame.
async function typed(page, count) {
  await page.evaluate(() => {
    globalThis.timed = [];
    globalThis.drawn = [];
    const told = (list) => list.getEntries().forEach((entry) => entry.name === "keydown" && globalThis.timed.push(entry.duration));
    globalThis.observer = new PerformanceObserver(told);
    globalThis.observer.observe({ type: "event", durationThreshold: 16, buffered: false });
    globalThis.pressed = (event) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.drawn.push(performance.now() - event.timeStamp);
      requestAnimationFrame(() => port2.postMessage(null));
    };
    addEventListener("keydown", globalThis.pressed, { capture: true });
  });
  for (let pressed = 0; pressed < count; pressed += 1) {
    await page.keyboard.press("x");
    // Never at the same moment of a frame.
    await page.waitForTimeout(70 + ((pressed * 37) % 61));
  }
  const { timed, drawn } = await page.evaluate(() => {
    removeEventListener("keydown", globalThis.pressed, { capture: true });
    globalThis.observer.disconnect();
    return { timed: globalThis.timed, drawn: globalThis.drawn };
  });
  return { timed: [...timed, ...Array(Math.max(0, count - timed.length)).fill(8)], drawn };
}

/// Follows a link of the list with the mouse. How long it takes from the click until what it leads to is drawn.
async function moved(page, title) {
  const link = page.locator(".days a").filter({ has: page.getByText(title, { exact: true }) });
  const { x, y, width, height } = await link.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.evaluate((title) => {
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    const isThere = () => document.querySelector(".bar h1")?.textContent === title
      && document.querySelector(".log article") && !document.querySelector("main[aria-busy]");
    globalThis.moved = new Promise((moved) => {
      addEventListener("click", async ({ timeStamp }) => {
        do await frame(); while (!isThere());
        // Behind this frame's layout and paint.
        await new Promise((next) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = next; port2.postMessage(null); });
        moved(performance.now() - timeStamp);
      }, { capture: true, once: true });
    });
  }, title);
  await page.mouse.down();
  await page.mouse.up();
  return page.evaluate(() => globalThis.moved);
}

async function measure(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-bench-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  fs.chmodSync(folder, 0o755);
  const [port, ...ports] = await freePorts(4);
  const sandbox = await startSandbox(options.sandbox, folder, ports, { SANDBOX_TOKENS_PER_SECOND: "50" });
  const environment = sandbox.environment(port, path.join(options.built, "site"));
  await startApp({ binary: path.join(options.built, "release/banter"), folder, port, environment });
  const origin = `http://localhost:${port}`;
  const browser = await chromium.launch({
    executablePath: options.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
  });
  onEnd(() => browser.close());
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.goto(`${origin}/chat`);
  await page.getByRole("button", { name: PERSONA }).click();
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  for (const sql of [rows(LONG, "A long one", 1000), rows(SHORT, "A short one", 10)]) {
    const made = spawnSync("psql", [environment.DATABASE_URL, "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], {
      env: basics(), encoding: "utf8",
    });
    if (made.status !== 0) throw new Error(`psql: ${made.stderr}`);
  }
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  const results = {};

  // What this machine and this browser take for a key by themselves.
  await page.goto("about:blank");
  await page.setContent("<textarea autofocus></textarea>");
  await page.locator("textarea").focus();
  const bare = await typed(page, 60);
  results["a key in an otherwise empty page, ms, by Event Timing"] = bare.timed;
  results["– the same, until its frame is drawn by the main thread"] = bare.drawn;

  const paints = [];
  const ends = [];
  const ready = [];
  // When the end of the conversation was first drawn; the box comes behind it.
  await page.addInitScript(() => {
    const look = () => {
      const log = document.querySelector("#message") && document.querySelector(".log");
      const isSeen = log && log.scrollHeight > log.clientHeight && log.scrollHeight - log.scrollTop - log.clientHeight < 64;
      if (!isSeen) return requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { globalThis.endSeen = performance.now(); };
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
  for (let n = 0; n < TIMES; n += 1) {
    await page.goto(`${origin}/chat/${LONG}`);
    await page.waitForFunction(() => document.activeElement?.id === "message");
    const { paint, end, alive } = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
      end: globalThis.endSeen ?? NaN,
      alive: performance.now(),
    }));
    paints.push(paint);
    ends.push(end);
    ready.push(alive);
  }
  results["first paint of 1,000 messages, ms"] = paints;
  results["until their end is seen, ms"] = ends;
  results["until the box is ready, ms"] = ready;

  const heap = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6;
  };
  const before = await heap();
  const box = page.getByRole("textbox", { name: "Message" });
  const quiet = await typed(page, 60);
  results["a key below 1,000 messages, ms, by Event Timing"] = quiet.timed;
  results["– until its frame is drawn"] = quiet.drawn;
  await box.fill("long: write at length");
  await page.keyboard.press("Enter");
  await page.locator("article[aria-busy=true]").waitFor();
  const keys = await typed(page, 200);
  if ((await page.locator("article[aria-busy=true]").count()) === 0) throw new Error("the answer ended too early");
  results["a key while an answer is written below them, ms, by Event Timing"] = keys.timed;
  results["– until that frame is drawn"] = keys.drawn;
  await page.locator("article[aria-busy=true]").waitFor({ state: "detached" });
  results["heap, MB, before and after that answer"] = [before, await heap()];

  // A new document, which knows no conversation.
  await page.goto(`${origin}/chat`);
  await page.waitForFunction(() => document.activeElement?.id === "message");
  const firsts = { "A short one": [], "A long one": [] };
  const moves = { "A short one": [], "A long one": [] };
  for (let n = 0; n < 2 * TIMES + 2; n += 1) {
    const to = n % 2 === 0 ? "A short one" : "A long one";
    (n < 2 ? firsts : moves)[to].push(await moved(page, to));
    // What is done after it belongs to nobody's waiting.
    await page.waitForTimeout(200);
  }
  results["to a conversation of 10 messages for the first time, ms"] = firsts["A short one"];
  results["to the one of 1,000 messages for the first time, ms"] = firsts["A long one"];
  results["back to the conversation of 10 messages, ms"] = moves["A short one"];
  results["back to the one of 1,000 messages, ms"] = moves["A long one"];
  results["heap, MB, after going to and fro"] = [await heap()];

  console.log(`| Chromium, processor ${SLOWER} times slower | p50 | p99 | n |\n| --- | ---: | ---: | ---: |`);
  for (const [what, values] of Object.entries(results)) {
    console.log(`| ${what} | ${at(values, 0.5).toFixed(0)} | ${at(values, 0.99).toFixed(0)} | ${values.length} |`);
  }
}

const options = optionsOf(HELP, { chromium: CHROMIUM });
try {
  await measure(options);
} finally {
  await endAll();
}
process.exit(0);
