#!/usr/bin/env node
// Takes the README's pictures of the release build: node docs/screenshots.mjs [--banter FILE] [--sandbox FILE]
// Needs what `cargo verify e2e` installs and builds. The answer comes from a model below that knows just this one.

import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { endAll, freePorts, onEnd, root, startApp, startSandbox } from "../bench/processes.mjs";
import { hangUp } from "../bench/visitor.mjs";

const { chromium } = createRequire(path.join(root, "end2end/package.json"))("@playwright/test");

const EARLIER = [
  "Summarise the minutes of the risk committee",
  "Covenants for a mid-sized manufacturer",
  "Reply to a complaint about a late transfer",
];
const QUESTION = "Which customers have no valid mandate? By segment, please.";
const ANSWER = `\
There are **1,482** customers without a valid mandate, most of them in retail:

| Segment | Customers | Without a mandate | Share |
| --- | ---: | ---: | ---: |
| Retail | 41,920 | 1,204 | 2.9 % |
| Small business | 6,310 | 241 | 3.8 % |
| Corporate | 1,118 | 37 | 3.3 % |

A mandate is valid if it was not revoked and was used in the last **36 months**:

\`\`\`sql
SELECT c.segment, count(*) AS without_mandate
FROM customer c
LEFT JOIN mandate m ON m.customer_id = c.id
    AND m.revoked_at IS NULL
    AND m.last_used_at > now() - interval '36 months'
WHERE m.id IS NULL
GROUP BY c.segment;
\`\`\`
`;

/// An OpenAI-compatible server that knows one answer (`SANDBOX_UPSTREAM`).
async function startModel(port) {
  const server = http.createServer((_request, response) => {
    const chunk = (choice) => response.write(`data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`);
    response.setHeader("content-type", "text/event-stream");
    chunk({ delta: { role: "assistant", content: ANSWER }, finish_reason: null });
    chunk({ delta: {}, finish_reason: "stop" });
    response.end("data: [DONE]\n\n");
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  onEnd(() => server.close());
}

async function take(origin, browser, name, colorScheme) {
  const page = await browser.newPage({ baseURL: origin, colorScheme, viewport: { width: 1280, height: 880 } });
  await page.goto("/chat");
  await page.getByRole("button", { name: "Alice Archer", exact: true }).click();
  for (const question of colorScheme === "light" ? [...EARLIER, QUESTION] : []) {
    await page.getByRole("button", { name: "New chat" }).click();
    await ask(page, question);
  }
  const list = page.getByRole("navigation", { name: "Conversations" });
  await list.getByRole("link", { name: /^Which customers/ }).click();
  await page.getByRole("article").last().getByText("GROUP BY").waitFor();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: path.join(root, "docs", name) });
  await page.close();
}

async function ask(page, question) {
  await page.getByRole("textbox", { name: "Message" }).fill(question);
  await page.getByRole("button", { name: "Send" }).click();
  const answer = page.getByRole("article").last();
  await answer.getByRole("button", { name: "Copy", exact: true }).waitFor({ state: "attached" });
}

const { values: options } = parseArgs({
  options: {
    banter: { type: "string", default: path.join(root, "target/release/banter") },
    sandbox: { type: "string", default: path.join(root, "target/debug/sandbox") },
  },
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => endAll().finally(() => process.exit(1)));
try {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-pictures-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.chmodSync(folder, 0o755);
  const [port, modelPort, ...ports] = await freePorts(5);
  await startModel(modelPort);
  const upstream = { SANDBOX_UPSTREAM: `http://127.0.0.1:${modelPort}/v1` };
  const sandbox = await startSandbox(path.resolve(options.sandbox), folder, ports, upstream);
  const environment = sandbox.environment(port, path.join(root, "target/site"));
  await startApp({ binary: path.resolve(options.banter), folder, port, environment });
  const system = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => fs.existsSync(file));
  const args = process.getuid() === 0 ? ["--no-sandbox", "--disable-gpu"] : ["--disable-gpu"];
  const browser = await chromium.launch({ executablePath: process.env.BANTER_CHROMIUM || system, args });
  for (const scheme of ["light", "dark"]) await take(`http://localhost:${port}`, browser, `chat-${scheme}.png`, scheme);
  await browser.close();
} finally {
  await endAll();
  hangUp();
}
