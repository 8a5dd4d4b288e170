#!/usr/bin/env node
// Measures what a person feels, in Chromium with its processor slowed down four times: opening a conversation of 1,000
// messages, typing while an answer is written, and going from one conversation to another.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";
import { basics, endAll, freePorts, onEnd, root, startApp, startSandbox } from "./processes.mjs";

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

  const paints = [];
  const ready = [];
  for (let n = 0; n < TIMES; n += 1) {
    await page.goto(`${origin}/chat/${LONG}`);
    await page.waitForFunction(() => document.activeElement?.id === "message");
    const { paint, alive } = await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
      alive: performance.now(),
    }));
    paints.push(paint);
    ready.push(alive);
  }
  results["first paint of 1,000 messages, ms"] = paints;
  results["until the box is ready, ms"] = ready;

  const heap = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return (await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6;
  };
  const before = await heap();
  // Each key pressed while an answer is written: from the event to the next frame, as the browser measures it.
  await page.evaluate(() => {
    globalThis.keys = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") globalThis.keys.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: false });
  });
  let pressed = 0;
  await page.getByRole("textbox", { name: "Message" }).fill("long: write at length");
  await page.keyboard.press("Enter");
  await page.locator("[aria-busy=true]").waitFor();
  while ((await page.locator("article[aria-busy=true]").count()) > 0 && pressed < 400) {
    await page.keyboard.press("x");
    pressed += 1;
  }
  const slow = await page.evaluate(() => globalThis.keys);
  // The browser tells only of those that took at least 16 ms; the others took less.
  results["a key while an answer is written, ms (under 16 counts as 8)"] = [...slow, ...Array(Math.max(0, pressed - slow.length)).fill(8)];
  results["heap, MB, before and after that answer"] = [before, await heap()];

  const moves = [];
  for (let n = 0; n < TIMES; n += 1) {
    const to = n % 2 === 0 ? "A short one" : "A long one";
    moves.push(
      await page.evaluate(async (title) => {
        const link = [...document.querySelectorAll(".days a")].find((one) => one.title === title);
        const began = performance.now();
        link.click();
        while (document.querySelector(".bar h1")?.textContent !== title || document.querySelector("main[aria-busy]")) {
          await new Promise((next) => requestAnimationFrame(next));
        }
        return performance.now() - began;
      }, to),
    );
  }
  results["to a conversation of 10 messages, ms"] = moves.filter((_, n) => n % 2 === 0);
  results["to the one of 1,000 messages, ms"] = moves.filter((_, n) => n % 2 === 1);

  console.log(`| Chromium, processor ${SLOWER} times slower | p50 | p99 | n |\n| --- | ---: | ---: | ---: |`);
  for (const [what, values] of Object.entries(results)) {
    console.log(`| ${what} | ${at(values, 0.5).toFixed(0)} | ${at(values, 0.99).toFixed(0)} | ${values.length} |`);
  }
}

const options = {
  built: path.join(root, "target"),
  sandbox: path.join(root, "target/debug/sandbox"),
  chromium: process.env.BANTER_CHROMIUM ?? "/usr/bin/chromium",
};
const words = process.argv.slice(2);
while (words.length > 0) {
  const name = words.shift().replace(/^--/, "");
  if (!(name in options)) {
    console.log(HELP);
    process.exit(name === "help" ? 0 : 2);
  }
  options[name] = words.shift();
}
try {
  await measure(options);
} finally {
  await endAll();
}
process.exit(0);
