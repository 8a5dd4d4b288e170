// Load on one page: by wrk where it is installed, else by Node.js itself.

import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { basics, start } from "./processes.mjs";
import { CONNECTIONS, request } from "./visitor.mjs";

/// `run(page, headers, seconds)` gives requests per second and latencies; a request that fails fails the run.
export function chooseGenerator(folder, { nodeLoad }) {
  const has = (directory) => fs.existsSync(path.join(directory, "wrk"));
  if (nodeLoad || !(process.env.PATH ?? "").split(":").some(has)) return { name: "Node.js (built in)", run: withNode };
  let runs = 0;
  const run = (...what) => withWrk(path.join(folder, `wrk-${(runs += 1)}.log`), ...what);
  return { name: "wrk", run };
}

async function withWrk(log, page, headers, seconds) {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency"];
  for (const [name, value] of Object.entries(headers)) args.push("-H", `${name}: ${value}`);
  const wrk = start("wrk", "wrk", [...args, page], { env: basics(), log });
  const first = await Promise.race([wrk.exited, sleep((seconds + 20) * 1000, "late", { ref: false })]);
  if (first !== 0) throw wrk.failed(first === "late" ? "does not end" : `ended (${first})`);
  const text = fs.readFileSync(log, "utf8");
  if (/Non-2xx|Socket errors/.test(text)) throw wrk.failed("saw failing requests");
  const latency = (share) => {
    const [, value, unit] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s|m)$`, "m").exec(text) ?? [];
    return Number(value) * { us: 0.001, ms: 1, s: 1000, m: 60_000 }[unit];
  };
  const requests_per_second = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1]);
  return { requests_per_second, p50_ms: latency(50), p99_ms: latency(99), seconds };
}

/// Each connection asks again as soon as it has its answer. Takes more of the machine than wrk does.
async function withNode(page, headers, seconds) {
  const took = [];
  const began = performance.now();
  const connection = async () => {
    while (performance.now() - began < seconds * 1000) {
      const asked = performance.now();
      const answer = await request("GET", page, headers);
      if (answer.status !== 200) throw new Error(`under load ${page} answers ${answer.status}`);
      took.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const elapsed_secs = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  const share = (part) => took[Math.min(took.length - 1, Math.floor(took.length * part))];
  return { requests_per_second: took.length / elapsed_secs, p50_ms: share(0.5), p99_ms: share(0.99), seconds };
}
