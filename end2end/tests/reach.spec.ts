// Everybody can reach everything: parts that open, four times as large, and in the colours of the system.
import type { Page } from "@playwright/test";

import { expectAccessible } from "./support/axe";
import { Chat, uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

interface Opened {
  name: string;
  open: (page: Page, chat: Chat, word: string) => Promise<void>;
}

const OPENED: Opened[] = [
  {
    name: "options of a conversation",
    open: async (page, chat, word) => {
      const row = chat.list.getByRole("listitem").filter({ hasText: word });
      await row.hover();
      await row.getByRole("button", { name: "Options" }).click();
      await expect(page.getByRole("button", { name: "Rename" })).toBeVisible();
    },
  },
  {
    name: "renaming",
    open: async (_page, chat, word) => {
      await chat.option(word, "Rename");
      await expect(chat.list.getByRole("textbox", { name: "Title" })).toBeFocused();
    },
  },
  {
    name: "what was found",
    open: async (_page, chat, word) => {
      await chat.search.fill(word);
      await expect(chat.list.locator("mark").first()).toBeVisible();
    },
  },
  {
    name: "palette",
    open: async (page) => {
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("dialog")).toBeVisible();
    },
  },
  {
    name: "keys",
    open: async (page, chat) => {
      await chat.list.getByRole("button", { name: "Keys" }).click();
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    },
  },
  {
    name: "toast with a way back",
    open: async (page, chat, word) => {
      await chat.option(word, "Pin");
      await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
    },
  },
  {
    name: "changing a question",
    open: async (page, chat) => {
      await chat.message.press("ArrowUp");
      await expect(page.getByText("Changing a question.")).toBeVisible();
    },
  },
];

for (const { name, open } of OPENED) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`nothing is in anybody's way: ${name}, ${colorScheme}`, async ({ page, chat }, info) => {
      const word = uniqueWord();
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await chat.open("Carol Chen");
      await chat.askAndRead(`echo: ${word}`);
      await open(page, chat, word);
      await expectAccessible(page, `${name}, ${colorScheme}`);
      await page.screenshot({ path: info.outputPath(`${name}-${colorScheme}.png`) });
    });
  }
}

/** A desk of 1,280 pixels at 400 %: WCAG 2.2, success criterion 1.4.10. */
const ENLARGED = { width: 320, height: 256 };

test("four times as large, nothing has to be scrolled sideways and a question can be asked", async ({ page, chat }, info) => {
  await page.setViewportSize(ENLARGED);
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}\n\n| a | b |\n|---|---|\n| ${"x".repeat(60)} | ${"y".repeat(60)} |`);
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  // So little of it is seen at once that the box may have to be scrolled to.
  await chat.message.scrollIntoViewIfNeeded();
  await expect(chat.message).toBeInViewport({ ratio: 1 });
  await chat.askAndRead(`echo: another ${word}`);
  await page.screenshot({ path: info.outputPath("enlarged-chat.png") });
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await overflow()).toBe(0);
  await page.screenshot({ path: info.outputPath("enlarged-palette.png") });
  for (const path of ["/profile", "/chat"]) {
    await page.goto(path);
    expect(await overflow(), path).toBe(0);
    await page.screenshot({ path: info.outputPath(`enlarged${path.replace("/", "-")}.png`) });
  }
});

test("in forced colours what has the focus and what is chosen can be told apart", async ({ page, chat }, info) => {
  await page.emulateMedia({ forcedColors: "active" });
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await page.screenshot({ path: info.outputPath("forced-colours.png") });
  const look = (selector: string): Promise<string[]> =>
    page.locator(selector).first().evaluate((element) => {
      const { backgroundColor, borderColor, borderStyle, color, outlineStyle, outlineColor } = getComputedStyle(element);
      return [backgroundColor, borderColor, borderStyle, color, outlineStyle, outlineColor];
    });
  await chat.newChat.focus();
  await page.keyboard.press("Tab");
  const focused = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
  expect(focused, "the ring around what has the focus").not.toBe("none");
  await chat.newChat.click();
  await chat.askAndRead(`echo: another ${word}`);
  expect(await look(".days a[aria-current=page]")).not.toEqual(await look(".days a:not([aria-current])"));
  await page.keyboard.press("Control+k");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((element) => getComputedStyle(element).borderStyle), "the palette's edge").not.toBe("none");
  await page.screenshot({ path: info.outputPath("forced-colours-palette.png") });
});

test("the end of an answer is told in its words, without marks of Markdown", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ## ${uniqueWord()}\n\n| Due | In |\n| --- | --- |\n| **May** | 2 |\n\n- one`);
  const told = page.getByRole("status").filter({ hasText: "answered:" });
  await expect(told).toContainText(/Due\s+In\s+May\s+2\s+one/);
  expect(await told.textContent()).not.toMatch(/[|#*]/);
});
