// Light and dark, wide and narrow.
import { devices, type Locator } from "@playwright/test";

import { Chat, uniqueWord } from "./support/chat";
import { signIn } from "./support/people";
import { expect, test } from "./support/test";

test("the theme is in the server's HTML once it was chosen", async ({ page, chat }) => {
  await chat.open();
  const html = page.locator("html");
  const theme = page.getByRole("button", { name: "Theme" });
  await expect(html).not.toHaveAttribute("data-theme");
  await theme.click();
  await expect(html).toHaveAttribute("data-theme", "dark");

  // Before any script: nothing can flash.
  for (const path of ["/chat", "/profile", "/signed-out"]) {
    expect(await (await page.request.get(path)).text(), path).toMatch(/<html[^>]* data-theme="dark"/);
  }
  await page.reload();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await chat.ready();
  await expect(html).toHaveAttribute("data-theme", "dark");
  await theme.click();
  await expect(html).toHaveAttribute("data-theme", "light");
  await theme.click();
  await expect(html).not.toHaveAttribute("data-theme");
  await page.reload();
  await expect(html).not.toHaveAttribute("data-theme");
});

test("the first press on the theme changes what is seen", async ({ page, chat }) => {
  await chat.open();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.context().clearCookies({ name: "banter-theme" });
    await page.emulateMedia({ colorScheme });
    await page.reload();
    await chat.ready();
    const before = await background();
    await page.getByRole("button", { name: "Theme" }).click();
    expect(await background(), colorScheme).not.toBe(before);
  }
});

test("without a choice the system decides between light and dark", async ({ page, chat }) => {
  await chat.open();
  const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background();
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await background()).not.toBe(light);
});

test("at a desk the list can be put away and brought back", async ({ page, chat }) => {
  await chat.open();
  await chat.list.getByRole("button", { name: "Hide list" }).click();
  await expect(chat.list).toBeHidden();
  await page.getByRole("button", { name: "Show list" }).click();
  await expect(chat.list).toBeVisible();
  await expect(chat.list.getByRole("button", { name: "Hide list" })).toBeFocused();
});

test.describe("at 320 pixels", () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test("nothing makes the page scroll sideways", async ({ page, chat }) => {
    await chat.open();
    const wide = "| a | b |\n| --- | --- |\n| " + "wide ".repeat(20) + "| x |\n\n```\n" + "x".repeat(200) + "\n```\n\n" + "y".repeat(120);
    await chat.askAndRead(`echo: ${uniqueWord()}${"z".repeat(80)}\n\n${wide}`);
    for (const path of [page.url(), "/chat", "/profile", "/signed-out"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
    }
  });
});

test.describe("on a phone", () => {
  const { defaultBrowserType: _, ...phone } = devices["Pixel 7"];
  test.use(phone);

  const openDrawer = async (chat: Chat): Promise<void> => {
    await chat.page.getByRole("button", { name: "Show list" }).tap();
    await expect(chat.list).toBeVisible();
  };

  test("the list is a drawer that a choice closes", async ({ page, chat }) => {
    const word = uniqueWord();
    await signIn(page, "Alice Archer");
    await expect(chat.message).toBeVisible();
    await expect(chat.list).toBeHidden();
    await chat.message.fill(`echo: ${word}`);
    await chat.send.tap();
    await chat.ended();

    await openDrawer(chat);
    await chat.newChat.tap();
    await expect(chat.list).toBeHidden();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Good to see you");

    await openDrawer(chat);
    await chat.link(word).tap();
    await expect(chat.list).toBeHidden();
    await expect(chat.answerText).toHaveText(word);
  });

  test("the drawer closes on Escape and gives the focus back", async ({ page, chat }) => {
    await signIn(page, "Alice Archer");
    await openDrawer(chat);
    await page.keyboard.press("Escape");
    await expect(chat.list).toBeHidden();
    await expect(page.getByRole("button", { name: "Show list" })).toBeFocused();
  });

  test("a tap beside the drawer closes it", async ({ page, chat }) => {
    await signIn(page, "Alice Archer");
    await openDrawer(chat);
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    await page.touchscreen.tap(width - 10, height / 2);
    await expect(chat.list).toBeHidden();
  });

  test("what was done in the drawer can be undone beside it", async ({ page, chat }) => {
    const word = uniqueWord();
    await signIn(page, "Alice Archer");
    await chat.message.fill(`echo: ${word}`);
    await chat.send.tap();
    await chat.ended();
    await openDrawer(chat);
    const row = chat.list.getByRole("listitem").filter({ hasText: word });
    await row.getByRole("button", { name: "Options" }).tap();
    await page.getByRole("button", { name: "Archive", exact: true }).tap();
    await expect(row).toHaveCount(0);
    await page.getByRole("button", { name: "Undo" }).tap();
    await expect(row).toHaveCount(1);
  });

  test("the drawer opens without script", async ({ browser, baseURL }) => {
    const context = await browser.newContext({ ...phone, baseURL, javaScriptEnabled: false });
    const chat = new Chat(await context.newPage());
    await signIn(chat.page, "Alice Archer");
    await openDrawer(chat);
    await expect(chat.list.getByRole("link", { name: "Profile" })).toBeVisible();
    await context.close();
  });

  test("what is tapped is big enough for a thumb", async ({ page, chat }) => {
    await signIn(page, "Alice Archer");
    await expect(chat.message).toBeVisible();
    await chat.message.fill(`echo: ${uniqueWord()}`);
    await chat.send.tap();
    await chat.ended();
    const small = await tooSmall(page.getByRole("main").getByRole("button"));
    await openDrawer(chat);
    small.push(...(await tooSmall(chat.list.getByRole("button"))), ...(await tooSmall(chat.list.getByRole("link"))));
    expect(small, "smaller than 24 by 24 CSS pixels").toEqual([]);
  });
});

/** WCAG 2.2, 2.5.8. */
async function tooSmall(targets: Locator): Promise<string[]> {
  const names: string[] = [];
  for (const target of await targets.all()) {
    const box = await target.boundingBox();
    if (box && (box.width < 24 || box.height < 24)) {
      names.push(`${await target.innerText()} ${box.width}×${box.height}`);
    }
  }
  return names;
}
