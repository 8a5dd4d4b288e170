// A second server of the app: for tests that stop one, or need two.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** Why such a test cannot run here; `undefined` where it can. */
export const cannotStartServers = process.env.BANTER_BIN ? undefined : "needs BANTER_BIN and the app's variables";

/** A server beside the one under test, with the same database. */
export class Server {
  private child: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  static async start(): Promise<Server> {
    const server = new Server(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const env = { ...process.env, AUTH_URL: this.origin, BIND_ADDR: `127.0.0.1:${this.port}`, METRICS_ADDR: "" };
    const child = spawn(process.env.BANTER_BIN ?? "", ["serve"], { env, stdio: "ignore" });
    this.child = child;
    while (!(await this.isReady())) {
      if (child.exitCode !== null) {
        throw new Error(`the server ended with ${child.exitCode} before it was ready`);
      }
    }
  }

  /** Like a machine that fails: without a chance to tidy up. */
  async kill(): Promise<void> {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, "exit");
      this.child.kill("SIGKILL");
      await gone;
    }
  }

  private async isReady(): Promise<boolean> {
    const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
    if (answer?.ok) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") {
    throw new Error("no free port");
  }
  return address.port;
}
