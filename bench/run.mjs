#!/usr/bin/env node
// Measures the release build from outside: bytes, starts, memory, pages per second. Plain Node.js on Linux, nothing to
// install. It starts its own sandbox and its own app on free ports, and ends both whatever happens.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { chooseGenerator } from "./load.mjs";
import { converse, firstLoad } from "./pages.mjs";
import { endAll, freePorts, isEnding, onEnd, residentBytes, root, startApp, startSandbox } from "./processes.mjs";
import { compare, REFERENCE, table } from "./report.mjs";
import { CONNECTIONS, hangUp, Visitor } from "./visitor.mjs";

const HELP = `\
Usage: node bench/run.mjs [options]

Needs the release build and a sandbox: cargo leptos build --release --precompress; cargo build -p sandbox

  --json           results as JSON on standard output instead of a table
  --quick          short load runs, to see that it works; the figures mean little
  --node-load      the built-in load generator even when wrk is on PATH
  --banter FILE    the app's binary (target/release/banter)
  --sandbox FILE   the sandbox's binary (target/release/sandbox, else target/debug/sandbox)
  --site FOLDER    LEPTOS_SITE_ROOT (target/site)
  --help           this text`;

const PERSONA = "Alice Archer";
const COLD_STARTS = 5;
const EXCHANGES = 50;
const WHOLE_RUN_PATIENCE_MS = 8 * 60_000;

async function measure(options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "banter-bench-"));
  onEnd(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  // Started by root, PostgreSQL runs as another user, who has to get here.
  fs.chmodSync(folder, 0o755);

  say("starting a sandbox");
  const [port, ...ports] = await freePorts(4);
  const sandbox = await startSandbox(options.sandbox, folder, ports);
  const app = { binary: options.banter, folder, port, environment: sandbox.environment(port, options.site) };
  const results = describe(options, folder);

  say("first start, with migrations on an empty database");
  let running = await startApp(app);
  results.first_start_ms = running.took_ms;

  say(`${COLD_STARTS} cold starts`);
  results.cold_starts_ms = [];
  for (let n = 0; n < COLD_STARTS; n += 1) {
    await running.stop();
    running = await startApp(app);
    results.cold_starts_ms.push(running.took_ms);
  }
  results.cold_start_ms = median(results.cold_starts_ms);
  await sleep(3000);
  results.memory_idle_bytes = residentBytes(running.pid);

  say(`signing in as ${PERSONA}`);
  const visitor = new Visitor();
  const origin = `http://localhost:${port}`;
  await visitor.signIn(`${origin}/chat`, PERSONA);
  await sleep(1000);
  results.memory_signed_in_bytes = residentBytes(running.pid);

  say("first load of /chat");
  results.first_load = await firstLoad(visitor, `${origin}/chat`);
  results.first_load_bytes = results.first_load.reduce((sum, part) => sum + part.bytes, 0);

  say(`a conversation of ${results.messages} messages`);
  const { id, answer_bytes } = await converse(visitor, origin, EXCHANGES);
  results.answer_bytes_median = median(answer_bytes);
  const page = `/chat/${id}`;
  const { status, body } = await visitor.get(origin + page);
  const shown = body.toString().split("<article").length - 1;
  if (status !== 200 || shown !== results.messages) {
    throw new Error(`${page} answers ${status} with ${shown} messages instead of ${results.messages}`);
  }
  results.page_bytes = body.length;
  results.page_bytes_br = (await visitor.get(origin + page, { "accept-encoding": "br" })).body.length;

  const generator = chooseGenerator(folder, options);
  results.load_generator = generator.name;
  const headers = { cookie: visitor.cookieLine("localhost") };
  const load = (more, seconds) => generator.run(`http://127.0.0.1:${port}${page}`, { ...headers, ...more }, seconds);
  const seconds = options.quick ? 2 : 10;
  say(`${seconds} s of load by ${generator.name}, after a second to warm up`);
  await load({}, 1);
  results.load = await load({}, seconds);
  say(`${seconds} s of load with Accept-Encoding: br`);
  results.load_br = await load({ "accept-encoding": "br" }, seconds);
  results.memory_after_load_bytes = residentBytes(running.pid);
  results.memory_peak_bytes = residentBytes(running.pid, "VmHWM");
  return { ...results, reference: REFERENCE, times_better: compare(results) };
}

function describe(options, folder) {
  const data = fs.readdirSync(path.join(folder, "sandbox/postgres")).find((name) => name.startsWith("data-"));
  return {
    measured_at: new Date().toISOString(),
    machine: {
      cores: os.cpus().length,
      cpu: os.cpus()[0]?.model ?? "unknown",
      memory_bytes: os.totalmem(),
      load_average_before: os.loadavg()[0],
      node: process.version,
      postgresql: data?.slice("data-".length) ?? "unknown",
    },
    binary: { path: path.relative(root, options.banter), bytes: fs.statSync(options.banter).size },
    messages: EXCHANGES * 2,
    connections: CONNECTIONS,
  };
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function say(text) {
  process.stderr.write(`bench: ${text}\n`);
}

function parse(args) {
  const options = { json: false, quick: false, nodeLoad: false, site: path.join(root, "target/site") };
  const rest = [...args];
  const file = (name) => path.resolve(rest.shift() ?? usage(`${name} needs a value`));
  while (rest.length > 0) {
    const name = rest.shift();
    if (name === "--json") options.json = true;
    else if (name === "--quick") options.quick = true;
    else if (name === "--node-load") options.nodeLoad = true;
    else if (name === "--banter") options.banter = file(name);
    else if (name === "--sandbox") options.sandbox = file(name);
    else if (name === "--site") options.site = file(name);
    else if (name === "--help" || name === "-h") {
      console.log(HELP);
      process.exit(0);
    } else usage(`unknown option ${name}`);
  }
  const target = process.env.CARGO_TARGET_DIR ? path.resolve(process.env.CARGO_TARGET_DIR) : path.join(root, "target");
  options.banter ??= firstThere([`${target}/release/banter`], "cargo leptos build --release --precompress");
  options.sandbox ??= firstThere([`${target}/release/sandbox`, `${target}/debug/sandbox`], "cargo build -p sandbox");
  return options;
}

function firstThere(files, remedy) {
  return files.find((file) => fs.existsSync(file)) ?? usage(`${files[0]} is not there; build it: ${remedy}`);
}

function usage(problem) {
  process.stderr.write(`${problem}\n\n${HELP}\n`);
  process.exit(2);
}

const options = parse(process.argv.slice(2));
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => {
    say("ending what was started");
    endAll().finally(() => process.exit(code));
  });
}
if (options.banter.includes("/debug/")) say("this is a debug build: the figures mean nothing");
try {
  const late = sleep(WHOLE_RUN_PATIENCE_MS, null, { ref: false }).then(() => {
    throw new Error("the whole run takes too long");
  });
  const results = await Promise.race([measure(options), late]);
  console.log(options.json ? JSON.stringify(results, null, 2) : `\n${table(results)}`);
} catch (error) {
  // After Ctrl-C everything fails.
  if (!isEnding()) process.stderr.write(`${error.constructor === Error ? error.message : error.stack}\n`);
  process.exitCode = 1;
} finally {
  await endAll();
  hangUp();
}
