// What is measured of pages: the bytes of a first load, and a conversation made as people make it.

import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { attribute, tags } from "./visitor.mjs";

// All of them get answers of about 1 kB with paragraphs, lists, tables or emphasis (see the sandbox's README).
const QUESTIONS = [
  "Why does a SEPA payment to a supplier take until the next business day?",
  "Which covenants belong in a loan to a mid-sized manufacturer?",
  "Show me the products of the retail bank in a table, with fees and terms.",
  "What does compliance expect from us before a new branch opens?",
  "Latency of the ledger service doubled after last night's release. Where do I look first?",
];

/// The page and every file it tells the browser to load at once, as a browser that takes brotli gets them.
export async function firstLoad(visitor, page) {
  const html = (await visitor.get(page)).body.toString();
  const wanted = ["stylesheet", "preload", "modulepreload"];
  const links = tags(html, "link").filter((tag) => wanted.includes(attribute(tag, "rel")));
  const scripts = tags(html, "script").map((tag) => attribute(tag, "src"));
  const files = [...links.map((tag) => attribute(tag, "href")), ...scripts].filter(Boolean);
  const urls = new Set(files.map((file) => new URL(file, page).href));
  const parts = [await transferred(visitor, page, "HTML")];
  for (const url of urls) parts.push(await transferred(visitor, url, kindOf(url)));
  if (!parts.some((part) => part.kind === "WASM")) throw new Error("the page names no wasm file: nothing to measure");
  return parts;
}

function kindOf(url) {
  return path.extname(new URL(url).pathname).slice(1).toUpperCase();
}

async function transferred(visitor, url, kind) {
  const began = performance.now();
  for (;;) {
    const answer = await visitor.get(url, { "accept-encoding": "br" });
    if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
    const encoding = answer.headers["content-encoding"] ?? "not compressed";
    // Without a length it was compressed in passing: after a build without --precompress the app takes a moment.
    const final = kind === "HTML" || encoding !== "br" || answer.headers["content-length"] !== undefined;
    if (final || performance.now() - began > 30_000) return { kind, encoding, bytes: answer.body.length };
    await sleep(500);
  }
}

/// Asks so many times, and reads each answer to its end before asking on. The conversation's id and the answers' sizes.
export async function converse(visitor, origin, times) {
  const headers = { origin, accept: "application/json" };
  const answer_bytes = [];
  let id = "";
  for (let n = 0; n < times; n += 1) {
    const content = `${QUESTIONS[n % QUESTIONS.length]} (${n + 1})`;
    const asked = await visitor.post(`${origin}/fn/ask`, { content, ...(id && { conversation: id }) }, headers);
    if (asked.status !== 200) throw new Error(`asking is answered ${asked.status}: ${asked.body}`);
    const receipt = JSON.parse(asked.body);
    id = receipt.conversation_id;
    answer_bytes.push(Buffer.byteLength(await readReply(visitor, origin, receipt.reply.id)));
  }
  return { id, answer_bytes };
}

/// As the page does it: events that break off before the last one are asked for again from there.
async function readReply(visitor, origin, reply) {
  const text = [];
  let after = 0;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const url = `${origin}/fn/reply_events?reply=${reply}&after=${after}`;
    const { status, body } = await visitor.get(url, { accept: "application/json" });
    if (status !== 200) throw new Error(`the events of reply ${reply} are answered ${status}: ${body}`);
    const events = body.toString().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    // A text alone is the next delta.
    text.push(...events.map((event) => (typeof event === "string" ? event : (event.d ?? ""))));
    after = events.at(-1)?.n ?? after;
    const end = events.at(-1)?.end;
    if (end === "finished") return text.join("");
    if (end) throw new Error(`reply ${reply} ended as ${end}: ${body}`);
  }
  throw new Error(`the events of reply ${reply} have no end`);
}
