// The test function of this suite: Playwright's, with browsers that are watched.
import { test as base, expect, type BrowserContext, type BrowserContextOptions } from "@playwright/test";

import { Chat } from "./chat";
import { Watch } from "./watch";

interface Options {
  /** Console errors and failures that belong to what a test does. Any other fails it. */
  expectedErrors: RegExp;
}

interface Fixtures {
  watch: Watch;
  /** The chat in the test's own page. */
  chat: Chat;
  /** Another browser, with cookies of its own, watched like the first. */
  newBrowser: (options?: BrowserContextOptions) => Promise<BrowserContext>;
}

/** Matches nothing. */
export const NONE = /(?!)/;

export const test = base.extend<Options & Fixtures>({
  expectedErrors: [NONE, { option: true }],

  watch: async ({ expectedErrors }, use) => {
    const watch = new Watch();
    await use(watch);
    expect(watch.unexpected(expectedErrors), "nothing went wrong in the browser unnoticed").toEqual([]);
  },

  context: async ({ context, watch }, use) => {
    watch.add(context);
    await use(context);
  },

  chat: async ({ page }, use) => {
    await use(new Chat(page));
  },

  newBrowser: async ({ browser, baseURL, watch }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      watch.add(context);
      opened.push(context);
      return context;
    });
    for (const context of opened) {
      await context.close();
    }
  },
});

export { expect };
