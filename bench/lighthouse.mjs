#!/usr/bin/env node
// Has Lighthouse judge the pages somebody works with, signed in, as on a desk and as on a phone, and prints its scores and
// what it finds.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import lighthouse, { desktopConfig } from "lighthouse";

import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";
import { CHROMIUM, optionsOf } from "./options.mjs";
import { endAll, freePorts, onEnd, startApp, startSandbox } from "./processes.mjs";

const HELP = `\
Usage: node bench/lighthouse.mjs [--built FOLDER] [--sandbox FILE] [--chromium FILE] [--least SCORE]
                             [--form desktop|mobile]

Needs Lighthouse (npm ci in bench), Playwright (npm ci in end2end), Chromium, the release build in FOLDER (target) and a
sandbox. Fails when a score is below SCORE (98).`;

const PERSONA = "Alice Archer";
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const FORMS = { desktop: desktopConfig, mobile: undefined };
// An answer with everything there is in one.
const QUESTION = "markdown: everything";

async function measure(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-lighthouse-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  fs.chmodSync(folder, 0o755);
  const [port, debugging, ...ports] = await freePorts(5);
  const sandbox = await startSandbox(options.sandbox, folder, ports);
  const environment = sandbox.environment(port, path.join(options.built, "site"));
  await startApp({ binary: path.join(options.built, "release/banter"), folder, port, environment });
  const origin = `http://localhost:${port}`;
  // Lighthouse opens pages of its own in the browser's own context, which has the session then.
  const browser = await chromium.launchPersistentContext(path.join(folder, "profile"), {
    executablePath: options.chromium,
    args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${debugging}`],
  });
  onEnd(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${origin}/chat`);
  await page.getByRole("button", { name: PERSONA }).click();
  const box = page.getByRole("textbox", { name: "Message" });
  await box.fill(QUESTION);
  await box.press("Enter");
  await page.waitForURL(/\/chat\/.+/);
  await page.locator("article[aria-busy=true]").waitFor({ state: "detached" });
  const conversation = page.url();
  await page.close();

  let worst = 100;
  const found = new Map();
  console.log(`| | ${CATEGORIES.join(" | ")} |\n| --- |${" ---: |".repeat(CATEGORIES.length)}`);
  for (const [form, config] of Object.entries(FORMS).filter(([form]) => form.includes(options.form))) {
    for (const [name, url] of [["/chat", `${origin}/chat`], ["/chat/{id}", conversation], ["/profile", `${origin}/profile`]]) {
      const flags = { port: debugging, disableStorageReset: true, logLevel: "error", onlyCategories: CATEGORIES };
      let lhr;
      // A page that Chromium did not draw in time says nothing about the page.
      for (let attempt = 0; attempt < 3 && (!lhr || lhr.runtimeError); attempt += 1) {
        ({ lhr } = await lighthouse(url, flags, config));
      }
      if (lhr.runtimeError) throw new Error(`${name}, ${form}: ${lhr.runtimeError.message}`);
      if (lhr.finalDisplayedUrl !== url) throw new Error(`${url} led to ${lhr.finalDisplayedUrl}`);
      const scores = CATEGORIES.map((category) => Math.round((lhr.categories[category].score ?? 0) * 100));
      worst = Math.min(worst, ...scores);
      console.log(`| ${name}, ${form} | ${scores.join(" | ")} |`);
      for (const category of CATEGORIES) {
        for (const { id, weight } of lhr.categories[category].auditRefs) {
          const { score, title, displayValue, details } = lhr.audits[id];
          if (weight > 0 && score !== null && score < 0.9) {
            const where = (details?.items ?? []).slice(0, 4).map((item) => item.node?.selector ?? item.url ?? item.description ?? "");
            found.set(`${id} (${title}${displayValue ? `: ${displayValue}` : ""}) ${where.join(" ")}`, `${name}, ${form}`);
          }
        }
      }
    }
  }
  for (const [what, where] of found) console.log(`${where}: ${what}`);
  return worst;
}

const options = optionsOf(HELP, { chromium: CHROMIUM, least: "98", form: "" });
let worst = 0;
try {
  worst = await measure(options);
} finally {
  await endAll();
}
process.exit(worst >= Number(options.least) ? 0 : 1);
