#!/usr/bin/env node
// Measures replies: many at once through the app, beside the same model asked directly. Plain Node.js on Linux; the load
// comes from `bench/load`. It starts its own sandbox and its own app on free ports, and ends both whatever happens.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

import { basics, endAll, freePorts, onEnd, residentBytes, root, start, startApp, startSandbox } from "./processes.mjs";
import { hangUp, Visitor } from "./visitor.mjs";

const HELP = `\
Usage: node bench/replies.mjs [options]

Needs: cargo leptos build --release --precompress; cargo build --release -p load; cargo build -p sandbox

  --json             results as JSON on standard output instead of tables
  --only LIST        of: first-token, load, linear, growth (all)
  --built FOLDER     where the builds are (target)
  --levels LIST      replies at once for "load" (1000,2000,5000)
  --growth N         replies one after another's end for "growth" (10000)
  --one-core         gives the app the first core and everything else the others (the default where there are two)
  --help             this text`;

const RATE = 30;
/// Seconds: a model answers at once only here, and others think before they say anything.
const THINKS = 0.3;
const PERSONA = "Alice Archer";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    only: { type: "string", default: "first-token,load,linear,growth" },
    built: { type: "string", default: path.join(root, "target") },
    levels: { type: "string", default: "1000,2000,5000" },
    growth: { type: "string", default: "10000" },
    "one-core": { type: "boolean", default: os.cpus().length > 1 },
    help: { type: "boolean" },
  },
});

async function measure() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-replies-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  fs.chmodSync(folder, 0o755);
  const [port, modelPort, relayPort, ...ports] = await freePorts(6);
  const built = (name) => ["release", "debug"].map((kind) => path.join(options.built, kind, name)).find(fs.existsSync);
  const cores = options["one-core"] ? "0" : undefined;
  // Whatever is started from here on inherits this process's cores.
  if (cores) spawnSync("taskset", ["-a", "-c", "-p", `1-${os.cpus().length - 1}`, String(process.pid)]);
  const sandbox = await startSandbox(built("sandbox"), folder, ports);
  const environment = {
    ...sandbox.environment(port, path.join(options.built, "site")),
    AZURE_OPENAI_BASE_URL: `http://127.0.0.1:${modelPort}/openai/v1`,
    AZURE_OPENAI_API_KEY: "none-is-needed",
    RUST_LOG: "warn",
  };
  const load = await startLoad(built("load"), folder, [modelPort]);
  // One of these two at a time has something to do.
  const relay = await startLoad(built("load"), folder, ["relay", relayPort, modelPort], cores);
  const app = await startApp({ binary: built("banter"), folder, port, environment, cores });
  const visitor = new Visitor();
  const url = `http://localhost:${port}`;
  await visitor.signIn(`${url}/chat`, PERSONA);
  const numbers = (replies, tokens, ramp, { rate = RATE, thinks = 0 } = {}) =>
    [replies, tokens, rate, ramp, thinks].join(" ");
  const ask = {
    direct: (...how) => load.run(`direct ${modelPort} ${numbers(...how)}`),
    relay: (...how) => load.run(`direct ${relayPort} ${numbers(...how)}`),
    app: (...how) => load.run(`app ${url} ${visitor.cookieLine("localhost").replaceAll(" ", "")} ${numbers(...how)}`),
  };
  const database = new Database(environment.DATABASE_URL);
  const cost = async (work, { pid } = app) => {
    const before = { cpu: cpuMicros(pid), rows: database.rowsWritten() };
    const peak = watchMemory(pid);
    const result = await work();
    await sleep(1000);
    const cpu_us = cpuMicros(pid) - before.cpu;
    const rows = database.rowsWritten() - before.rows;
    return {
      ...result,
      cpu_us_per_token: cpu_us / result.tokens,
      cpu_share: cpu_us / 1e6 / result.seconds,
      rows_per_second: rows / result.seconds,
      memory_peak_bytes: peak.end(),
      memory_after_bytes: residentBytes(pid),
    };
  };
  await ask.app(20, 50, 1);

  const stalls = stallsOfIdleMachine();
  const results = { cores: os.cpus().length, processor: os.cpus()[0].model, one_core: options["one-core"], stalls };
  const wanted = new Set(options.only.split(","));
  if (wanted.has("first-token")) {
    results.first_token = [];
    for (const thinks of [0, THINKS]) {
      say(`first token, 200 at once${thinks ? ", of a model that thinks" : ""}`);
      const direct = await ask.direct(400, 200, 14, { thinks });
      const through = await cost(() => ask.app(400, 200, 14, { thinks }));
      results.first_token.push({ thinks, direct, app: through });
    }
  }
  if (wanted.has("load")) {
    results.load = [];
    for (const level of options.levels.split(",").map(Number)) {
      say(`${level} at once`);
      // All of them are under way for at least half of the time.
      const ramp = level / 250;
      const tokens = Math.ceil(RATE * (ramp + 15));
      const direct = await ask.direct(level, tokens, ramp);
      const relayed = await cost(() => ask.relay(level, tokens, ramp), relay);
      const through = await cost(() => ask.app(level, tokens, ramp));
      results.load.push({ level, direct, relay: relayed, app: through });
    }
  }
  if (wanted.has("linear")) {
    results.linear = [];
    for (const tokens of [500, 1000, 2000, 4000]) {
      say(`bytes of ${tokens} tokens`);
      // So slowly that each token is an event of its own: the dearest case, in a quarter of the time.
      results.linear.push({ ...(await ask.app(8, tokens, 0, { rate: 40 })), tokens });
    }
  }
  if (wanted.has("growth")) {
    const rounds = 10;
    const each = Math.ceil(Number(options.growth) / rounds);
    results.growth = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`${round * each} replies`);
      const { failed } = await ask.app(each, 60, each / 100);
      await sleep(500);
      results.growth.push({ replies: round * each, failed, memory_bytes: residentBytes(app.pid) });
    }
  }
  return results;
}

async function startLoad(binary, folder, args, cores) {
  if (!binary) throw new Error("build the load first: cargo build --release -p load");
  const log = path.join(folder, "load.log");
  const load = start("the load", binary, args.map(String), { env: basics(), log, cores, stdin: "pipe", stdout: "pipe" });
  const lines = readline.createInterface({ input: load.child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw load.failed(`ended (${await load.exited})`);
    return JSON.parse(value);
  };
  await next();
  return {
    pid: load.child.pid,
    run(command) {
      load.child.stdin.write(`${command}\n`);
      return next();
    },
  };
}

/// Rows that all sessions of the database wrote, as PostgreSQL counts them.
class Database {
  constructor(url) {
    this.url = url;
  }

  rowsWritten() {
    const sql = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables";
    const found = spawnSync("psql", ["-Atc", sql, this.url], { encoding: "utf8" });
    return found.status === 0 ? Number(found.stdout) : Number.NaN;
  }
}

function watchMemory(pid) {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 250);
  return {
    end() {
      clearInterval(timer);
      return peak;
    },
  };
}

/// Processor time of a process so far, in user and kernel.
function cpuMicros(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  // In hundredths of a second, as Linux counts them.
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/// How long a core takes for the same work of half a millisecond or so, again and again, while nothing else goes on:
/// what a machine that is shared takes away by itself. Milliseconds.
function stallsOfIdleMachine() {
  const work = () => {
    let sum = 0;
    for (let number = 0; number < 400_000; number += 1) sum = (sum + number) | 0;
    return sum;
  };
  const took = [];
  const end = performance.now() + 5000;
  while (performance.now() < end) {
    const began = performance.now();
    work();
    took.push(performance.now() - began);
  }
  took.sort((one, other) => one - other);
  const at = (share) => took[Math.floor((took.length - 1) * share)];
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

function say(what) {
  process.stderr.write(`  ${what}\n`);
}

function print(results) {
  const ms = (number) => number.toFixed(1);
  const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  const { first_token: first, load, linear, growth, stalls } = results;
  const lines = [
    `${results.cores} cores, ${results.processor}${results.one_core ? ", the app on one of them" : ""}`,
    `The same ${ms(stalls.p50)} ms of work on the idle machine: p99 ${ms(stalls.p99)} ms, at most ${ms(stalls.max)} ms`,
  ];
  for (const { thinks, direct, app } of first ?? []) {
    const what = thinks ? `, the model thinks for ${ms(1000 * thinks)} first` : "";
    lines.push("", `First token, ms, about 200 at once${what}`, `${" ".repeat(39)}p50     p99`);
    for (const [name, of] of [["model directly", direct], ["through Banter", app]]) {
      lines.push(`  ${name.padEnd(34)} ${ms(of.first_token_ms.p50).padStart(6)} ${ms(of.first_token_ms.p99).padStart(7)}`);
    }
  }
  for (const { level, direct, relay, app } of load ?? []) {
    lines.push(
      "",
      `${level} replies at once, ${RATE} tokens/s: ${app.replies} whole, ${app.failed} not`,
      `  first token, ms            p50 ${ms(app.first_token_ms.p50)}  p99 ${ms(app.first_token_ms.p99)}` +
        `  (directly ${ms(direct.first_token_ms.p50)}, ${ms(direct.first_token_ms.p99)})`,
      `  model to reader, ms        p50 ${ms(app.delay_ms.p50)}  p99 ${ms(app.delay_ms.p99)}  max ${ms(app.delay_ms.max)}` +
        `  (directly ${ms(direct.delay_ms.p50)}, ${ms(direct.delay_ms.p99)}, ${ms(direct.delay_ms.max)};` +
        ` through a mere relay ${ms(relay.delay_ms.p50)}, ${ms(relay.delay_ms.p99)})`,
      `  processor time             ${app.cpu_us_per_token.toFixed(1)} µs a token, ${(100 * app.cpu_share).toFixed(0)} % of a core` +
        `  (of a relay that only copies bytes: ${relay.cpu_us_per_token.toFixed(1)} µs)`,
      `  memory                     ${mb(app.memory_peak_bytes)} at most, ${mb(app.memory_after_bytes)} after`,
      `  rows written               ${app.rows_per_second.toFixed(0)} a second for ${(app.tokens / app.seconds).toFixed(0)} tokens a second`,
    );
    for (const [why, count] of Object.entries(app.failures)) lines.push(`  ${count}× ${why}`);
  }
  if (linear) {
    lines.push("", "Bytes on the wire of an answer");
    for (const { tokens, bytes, replies } of linear) {
      const each = bytes / replies;
      lines.push(`  ${String(tokens).padStart(5)} tokens ${each.toFixed(0).padStart(9)}  ${(each / tokens / 5).toFixed(2)} × its text`);
    }
  }
  if (growth) {
    lines.push("", "Memory after so many replies");
    for (const { replies, failed, memory_bytes } of growth) {
      lines.push(`  ${String(replies).padStart(6)} ${mb(memory_bytes)}${failed ? `, ${failed} failed` : ""}`);
    }
  }
  console.log(lines.join("\n"));
}

if (options.help) {
  console.log(HELP);
} else {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => endAll().then(() => process.exit(130)));
  try {
    const results = await measure();
    if (options.json) console.log(JSON.stringify(results, null, 2));
    else print(results);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    hangUp();
    await endAll();
  }
}
