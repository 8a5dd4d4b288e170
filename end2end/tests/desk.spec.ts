// A desk as Playwright's is not: scrollbars take room from what they scroll, as on Windows, and there is nothing to point
// with.
import config from "../playwright.config";
import { uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

const { args = [], ...launchOptions } = config.use?.launchOptions ?? {};
test.use({
  launchOptions: {
    ...launchOptions,
    ignoreDefaultArgs: ["--hide-scrollbars"],
    // Blink's numbers for none.
    args: [...args, "--blink-settings=primaryPointerType=1,availablePointerTypes=1"],
  },
});

test("who has a keyboard alone finds the cursor in the box", async ({ page, chat }) => {
  await chat.open();
  expect(await page.evaluate(() => matchMedia("(pointer: none)").matches)).toBe(true);
  await page.keyboard.type(`echo: ${uniqueWord()}`);
  await page.keyboard.press("Enter");
  await chat.ended();
  await expect(chat.message).toBeFocused();
});

test("text stays where it is when there is more of it than fits", async ({ chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}`);
  const edges = (): Promise<number[]> =>
    chat.log.evaluate((log) => {
      const text = log.querySelector(".it p")?.getBoundingClientRect();
      return [text?.left ?? 0, text?.right ?? 0];
    });
  const room = (): Promise<number> => chat.log.evaluate((log) => log.scrollHeight - log.clientHeight);
  const before = await edges();
  expect(await room(), "no more than fits").toBe(0);

  await chat.askAndRead(`echo: ${"a line\n\n".repeat(60)}`);
  expect(await room(), "more than fits").toBeGreaterThan(0);
  expect(await chat.log.evaluate((log) => (log as HTMLElement).offsetWidth - log.clientWidth), "a bar").toBeGreaterThan(4);
  expect(await edges()).toEqual(before);
});
