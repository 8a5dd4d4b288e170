// Every page, light and dark, at a desk and on a phone: no serious barrier for anybody, and a picture to look at.
import { devices, type Page } from "@playwright/test";

import { expectAccessible } from "./support/axe";
import { Chat, uniqueWord } from "./support/chat";
import { signIn, type Persona } from "./support/people";
import { hangAfter, order } from "./support/sandbox";
import { expect, NONE, test } from "./support/test";

const { defaultBrowserType: _desktop, ...desktop } = devices["Desktop Chrome"];
const { defaultBrowserType: _phone, ...phone } = devices["Pixel 7"];
const SIZES = { desktop: { ...desktop, viewport: { width: 1280, height: 800 } }, phone };
const THEMES = ["light", "dark"] as const;

// Whose list no other test fills.
const PICTURED: Persona = "Erin Eriksen";

type Size = keyof typeof SIZES;

const BOTH: Size[] = ["desktop", "phone"];

interface Shown {
  name: string;
  sizes?: Size[];
  expectedErrors?: RegExp;
  /** Makes what is to be shown; `undefined` where it takes no conversation. */
  prepare?: (chat: Chat) => Promise<void>;
  persona?: Persona;
  /** The browser's. */
  locale?: string;
  /** Brings a browser to the page. `path` is where `prepare` ended. */
  open: (page: Page, path: string) => Promise<void>;
}

const ANSWER = [
  "## Volumes by product",
  "",
  "Amounts are in **thousands of euros**; see `report.sql` for how they are made.",
  "",
  "| Product | Volume | Margin |",
  "| :--- | ---: | ---: |",
  "| Working capital loan | 48,200 | 2.1 % |",
  "| Equipment leasing | 31,750 | 3.4 % |",
  "",
  "```sql",
  "SELECT product, sum(cents) / 100 AS volume",
  "FROM loans GROUP BY product;",
  "```",
  "",
  "1. Check the *subsidy* before June.",
  "2. Ask [the desk](https://intranet.example/desk).",
  "",
  "- [x] Loans",
  "- [ ] Leasing",
].join("\n");

const openConversation = async (page: Page, path: string): Promise<void> => {
  await page.goto(path);
  await expect(page.getByRole("log", { name: "Conversation" })).toBeVisible();
};

const PAGES: Shown[] = [
  {
    name: "chat-empty",
    // In German.
    persona: "Erin Eriksen",
    locale: "de-DE",
    open: async (page) => {
      await page.goto("/chat");
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Erin");
    },
  },
  {
    name: "chat-conversation",
    persona: PICTURED,
    prepare: async (chat) => {
      // Gives the conversation its title; what is seen is the answer after it.
      await chat.ask("Which covenants does a bank ask for in a loan to a small company?");
      await chat.stop.click();
      await chat.ended();
      await chat.askAndRead(`echo: ${ANSWER}`);
    },
    open: openConversation,
  },
  {
    name: "chat-streaming",
    persona: PICTURED,
    prepare: async (chat) => {
      const word = uniqueWord();
      await hangAfter(90, word);
      await chat.ask(`What changes for payments in our branches when SEPA becomes instant? Case ${word}.`);
      await expect(chat.answer).toHaveAttribute("aria-busy", "true");
    },
    open: async (page, path) => {
      await openConversation(page, path);
      await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
      await expect(page.getByRole("article", { name: /^gpt-/ })).not.toContainText("Thinking");
    },
  },
  {
    name: "chat-notice",
    persona: PICTURED,
    prepare: async (chat) => {
      const [cut, busy, stopped] = [uniqueWord(), uniqueWord(), uniqueWord()];
      await order({ service: "openai", kind: "cut", after_chunks: 20, times: 1, match: { question: cut } });
      await order({ service: "openai", kind: "rate_limit", times: 4, match: { question: busy } });
      await hangAfter(12, stopped);
      await chat.askAndRead(`How is a mortgage secured, and what happens when the house is sold? Case ${cut}.`);
      await chat.ask(`And a credit line? Case ${stopped}.`);
      await expect(chat.answer.getByRole("paragraph").first()).not.toContainText("Thinking");
      await chat.stop.click();
      await chat.ended();
      await chat.askAndRead(`Which of them is cheaper? Case ${busy}.`);
    },
    open: openConversation,
  },
  {
    name: "chat-refused",
    persona: PICTURED,
    open: async (page) => {
      await page.goto("/chat");
      const message = page.getByRole("textbox", { name: "Message" });
      await message.fill("A rather long question. ".repeat(4_300));
      await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByRole("alert")).toContainText("100 kB");
    },
  },
  {
    name: "profile",
    open: async (page) => {
      await page.goto("/profile");
      await expect(page.getByRole("heading", { level: 1, name: "Alice Archer" })).toBeVisible();
    },
  },
  {
    name: "admin",
    persona: "Bob Baker",
    open: async (page) => {
      await page.goto("/admin");
      await expect(page.getByRole("heading", { level: 1, name: "Administration" })).toBeVisible();
    },
  },
  {
    name: "not-found",
    expectedErrors: /status of 404/,
    open: async (page) => {
      await page.goto("/nowhere");
      await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
    },
  },
  {
    name: "conversation-not-found",
    persona: PICTURED,
    expectedErrors: /status of 404/,
    open: async (page) => {
      await page.goto("/chat/01a1fc7b-0000-7000-8000-000000000000");
      await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
    },
  },
  {
    name: "denied",
    persona: "Dave Dubois",
    expectedErrors: /status of 403/,
    open: async (page) => {
      await expect(page.getByRole("heading", { level: 1 })).toContainText("do not have access");
    },
  },
  {
    name: "signed-out",
    open: async (page) => {
      await page.goto("/signed-out");
      await expect(page.getByRole("heading", { level: 1, name: "You are signed out" })).toBeVisible();
    },
  },
  {
    name: "sign-in-cancelled",
    open: async (page) => {
      await page.goto("/api/auth/signin/entra-id?prompt=select_account");
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "You cancelled the sign-in" })).toBeVisible();
    },
  },
  {
    name: "list-drawer",
    persona: PICTURED,
    sizes: ["phone"],
    open: async (page) => {
      await page.goto("/chat");
      await page.getByRole("button", { name: "Show list" }).click();
      await expect(page.getByRole("navigation", { name: "Conversations" })).toBeVisible();
    },
  },
];

for (const { name, sizes = BOTH, expectedErrors = NONE, prepare, persona = "Alice Archer", locale = "en-US", open } of PAGES) {
  test.describe(name, () => {
    test.use({ expectedErrors });

    test(`the page ${name} has no serious barrier and its picture is kept`, async ({ newBrowser }) => {
      test.slow();
      let path = "/chat";
      for (const size of sizes) {
        const context = await newBrowser({ ...SIZES[size], locale, reducedMotion: "reduce" });
        const page = await context.newPage();
        await signIn(page, persona);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        if (prepare && size === sizes[0]) {
          await prepare(new Chat(page));
          path = new URL(page.url()).pathname;
        }
        await open(page, path);
        for (const colorScheme of THEMES) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `results/screens/${name}-${colorScheme}-${size}.png`, animations: "disabled" });
          // Of what axe-core looks at, only colours differ between the themes.
          const rules = colorScheme === THEMES[0] ? undefined : ["color-contrast"];
          await expectAccessible(page, `${name}, ${colorScheme}, ${size}`, rules);
        }
        await context.close();
      }
    });
  });
}
