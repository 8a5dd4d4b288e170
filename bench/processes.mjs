// Processes: the sandbox and the app, started on free ports and ended by their own ids.

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { request } from "./visitor.mjs";

const SANDBOX_PATIENCE_MS = 90_000;
const READY_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;

/// The clone.
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const running = new Set();
const cleanups = [];
let ending = null;

/// To be done once all processes have ended.
export function onEnd(action) {
  cleanups.push(action);
}

export function isEnding() {
  return ending !== null;
}

/// Ends everything that was started, the youngest first, and cleans up. Once, however often it is asked for.
export function endAll() {
  ending ??= (async () => {
    for (const handle of [...running].reverse()) await handle.stop();
    cleanups.reverse().forEach((action) => action());
  })();
  return ending;
}

/// Starts a child process, on those `cores` from its beginning: it may have a thread for each. Its output goes to the file
/// `log`, whose end is shown when something fails.
export function start(name, binary, args, { env, log, cores, stdin = "ignore", stdout = "log" }) {
  if (ending) throw new Error("already ending");
  const file = fs.openSync(log, "a");
  const command = cores === undefined ? [binary, ...args] : ["taskset", "-c", cores, binary, ...args];
  const stdio = [stdin, stdout === "log" ? file : "pipe", file];
  const child = spawn(command[0], command.slice(1), { env, cwd: root, stdio });
  fs.closeSync(file);
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? code));
    child.once("error", (error) => resolve(error.message));
  });
  const handle = { child, pid: child.pid, exited, ended: false };
  handle.failed = (what) => {
    const words = fs.readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
    return new Error(`${name} ${what}; its last lines:\n${words}`);
  };
  handle.stop = async () => {
    if (handle.ended || child.pid === undefined) return;
    child.kill("SIGTERM");
    const patience = new AbortController();
    const late = sleep(STOP_PATIENCE_MS, "late", { signal: patience.signal }).catch(() => "ended");
    if ((await Promise.race([exited, late])) === "late") child.kill("SIGKILL");
    await exited;
    patience.abort();
  };
  running.add(handle);
  exited.then(() => {
    handle.ended = true;
    running.delete(handle);
  });
  return handle;
}

/// Starts a sandbox of our own, with more `variables` of its own if wanted, and waits until it answers.
export async function startSandbox(binary, folder, [httpPort, httpsPort, pgPort], variables = {}) {
  const options = ["--http-port", httpPort, "--https-port", httpsPort, "--pg-port", pgPort].map(String);
  options.push("--data-dir", path.join(folder, "sandbox"));
  const own = { BANTER_TOOLS_DIR: toolsFolder(), SANDBOX_TOKENS_PER_SECOND: "0", ...variables };
  const env = { ...basics("BANTER_PG_BIN", "XDG_CACHE_HOME"), ...own };
  // It stops when its standard input closes, should this process be killed.
  const args = ["serve", ...options, "--exit-with-parent"];
  const log = path.join(folder, "sandbox.log");
  const sandbox = start("the sandbox", binary, args, { env, log, stdin: "pipe", stdout: "pipe" });
  const ready = new Promise((resolve) => {
    let text = "";
    sandbox.child.stdout.on("data", (bytes) => {
      text += bytes;
      if (/^READY /m.test(text)) resolve("ready");
    });
  });
  const first = await Promise.race([ready, sandbox.exited, sleep(SANDBOX_PATIENCE_MS, "late", { ref: false })]);
  if (first !== "ready") throw sandbox.failed(first === "late" ? "is not ready in time" : `ended (${first})`);

  /// The app's variables, as a deployment would set them.
  const environment = (port, site) => {
    const printed = spawnSync(binary, ["env", ...options], { env, cwd: root, encoding: "utf8", timeout: 10_000 });
    if (printed.status !== 0) throw new Error(`sandbox env failed: ${printed.stderr}`);
    const lines = printed.stdout.split("\n").filter((line) => line.includes("="));
    const printedOnes = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const places = { AUTH_URL: `http://localhost:${port}`, BIND_ADDR: `127.0.0.1:${port}`, LEPTOS_SITE_ROOT: site };
    return { ...basics(), ...printedOnes, ...places };
  };
  return { environment };
}

/// Starts the app; `took_ms` is how long it took from there until `/readyz` answered 200.
export async function startApp({ binary, folder, port, environment, cores }) {
  const began = performance.now();
  const app = start("the app", binary, ["serve"], { env: environment, log: path.join(folder, "app.log"), cores });
  for (;;) {
    const answer = await request("GET", `http://127.0.0.1:${port}/readyz`).catch(() => null);
    const took_ms = performance.now() - began;
    if (answer?.status === 200) return Object.assign(app, { took_ms });
    if (app.ended) throw app.failed(`ended (${await app.exited})`);
    if (took_ms > READY_PATIENCE_MS) throw app.failed("is not ready in time");
    await sleep(2);
  }
}

/// What any program needs of our environment, and `names`; the rest of it is not the app's business.
export function basics(...names) {
  const all = ["PATH", "HOME", "LANG", "TMPDIR", ...names].filter((name) => process.env[name]);
  return Object.fromEntries(all.map((name) => [name, process.env[name]]));
}

/// Where `cargo dev` installs PostgreSQL when the system has none.
function toolsFolder() {
  if (process.env.BANTER_TOOLS_DIR) return process.env.BANTER_TOOLS_DIR;
  if (process.getuid() === 0) return "/var/cache/banter/tools";
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "banter/tools");
}

export async function freePorts(count) {
  // Held until all are chosen, so that none is chosen twice.
  const held = Array.from({ length: count }, () => net.createServer().listen(0, "127.0.0.1"));
  await Promise.all(held.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/// Resident memory now; with `VmHWM` the most there was.
export function residentBytes(pid, field = "VmRSS") {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)[1]) * 1024;
}
