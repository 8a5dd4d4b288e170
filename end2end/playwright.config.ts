// How the browser tests run. `cargo verify e2e` starts the app and the sandbox and says where they are.
import { defineConfig, devices } from "@playwright/test";

const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests",
  outputDir: "results/artifacts",
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["html", { outputFolder: "results/report", open: "never" }]],
  use: {
    baseURL: process.env.BANTER_URL ?? "http://localhost:3000",
    actionTimeout: 10_000,
    screenshot: "only-on-failure",
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    launchOptions: {
      // Unset = Playwright's own download.
      executablePath: process.env.BANTER_CHROMIUM || undefined,
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
        // Chromium's own sandbox refuses to work for root.
        ...(asRoot ? ["--no-sandbox"] : []),
      ],
    },
  },
  projects: [{ name: "chromium", use: { ...devices["Desktop Chrome"] } }],
});
