// Writing a question: what is refused, what is kept.
import { numberedWords, uniqueWord, withoutCodeYet } from "./support/chat";
import { pick, signIn } from "./support/people";
import { modelRequests } from "./support/sandbox";
import { expect, test } from "./support/test";

test("an empty question is refused in the page", async ({ page, chat }) => {
  await chat.open();
  await chat.message.press("Enter");
  await expect(chat.trouble).toContainText(/question/i);
  await expect(page).toHaveURL(/\/chat$/);
  await expect(chat.message).toBeFocused();
});

test("a question of blanks is refused in the page", async ({ page, chat }) => {
  await chat.open();
  await chat.message.fill(" \n ");
  await chat.send.click();
  await expect(chat.trouble).toContainText(/question/i);
  await expect(page).toHaveURL(/\/chat$/);
});

test("a question that is too long is refused with the limit, and stays in its box", async ({ page, chat }) => {
  const text = "x".repeat(100_001);
  await chat.open();
  await chat.message.fill(text);
  await chat.send.click();
  await expect(chat.trouble).toContainText("100 kB");
  await expect(chat.message).toHaveValue(text);
  await expect(page).toHaveURL(/\/chat$/);
});

test("a paste that is too long is complained of at once, until it is shortened", async ({ chat }) => {
  await chat.open();
  await chat.message.fill("x".repeat(100_001));
  await expect(chat.trouble).toContainText("100 kB");
  await chat.message.fill("x");
  await expect(chat.trouble).toHaveCount(0);
});

test("whoever chooses a temporary chat reads what that is", async ({ page, chat }) => {
  await chat.open();
  const what = page.getByText("This chat is not listed, and gone when you sign out.");
  await expect(what).toBeHidden();
  await page.getByRole("checkbox", { name: "Temporary" }).check();
  await expect(what).toBeVisible();
});

test("an answer goes on while somebody writes without a pause", async ({ page, chat }) => {
  await chat.open();
  await chat.ask(`echo: ${numberedWords(150)}`);
  await expect(chat.answerText).toContainText("n1 ");
  await page.evaluate(() => {
    const seen = new Set<string>();
    (globalThis as unknown as { seen: Set<string> }).seen = seen;
    new MutationObserver(() => seen.add(document.querySelector(".log")?.textContent ?? ""))
      .observe(document.querySelector(".log") as Element, { childList: true, characterData: true, subtree: true });
  });
  await chat.message.pressSequentially("a question that comes next ".repeat(3), { delay: 20 });
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: Set<string> }).seen.size);
  expect(seen, "times that more of it was shown meanwhile").toBeGreaterThan(2);
  await chat.ended();
  await expect(chat.answerText).toHaveText(numberedWords(150));
});

test("the trouble goes away with the next question", async ({ chat }) => {
  await chat.open();
  await chat.message.press("Enter");
  await expect(chat.trouble).toBeVisible();
  await chat.askAndRead(`echo: ${uniqueWord()}`);
  await expect(chat.trouble).toHaveCount(0);
});

test("Shift+Enter makes a new line and Enter sends", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.message.pressSequentially(`echo: ${word}`);
  await chat.message.press("Shift+Enter");
  await chat.message.pressSequentially("below");
  await expect(chat.message).toHaveValue(`echo: ${word}\nbelow`);
  await chat.message.press("Enter");
  await expect(page).toHaveURL(/\/chat\/[^/?]+$/);
  await expect(chat.message).toHaveValue("");
});

test("Enter pressed before the page's code runs sends the question as soon as it does", async ({ page, chat }) => {
  const word = uniqueWord();
  const letRun = await withoutCodeYet(page);
  await signIn(page, "Alice Archer", "/chat");
  await chat.message.pressSequentially(`echo: ${word}`);
  await chat.message.press("Enter");
  await expect(chat.message, "no line in it").toHaveValue(`echo: ${word}`);
  letRun();
  await expect(chat.answerText).toHaveText(word);
  await expect(chat.message).toHaveValue("");
  await chat.ended();
  expect(await modelRequests(word)).toHaveLength(1);
});

test("what is typed behind an early Enter is not sent with it", async ({ page, chat }) => {
  const word = uniqueWord();
  const letRun = await withoutCodeYet(page);
  await signIn(page, "Alice Archer", "/chat");
  await chat.message.pressSequentially(`echo: ${word}`);
  await chat.message.press("Enter");
  await chat.message.pressSequentially(" and on");
  letRun();
  // What was kept in mind is looked at, once.
  await expect(page.locator("html")).not.toHaveAttribute("data-early");
  await expect(chat.send).toBeEnabled();
  await expect(chat.message).toHaveValue(`echo: ${word} and on`);
  await expect(page).toHaveURL(/\/chat$/);
});

test("what was refused before the page's code ran is in its box afterwards, and not what was typed before it", async ({
  page,
  chat,
}) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: ${word}`);
  await chat.message.fill("older");
  const letRun = await withoutCodeYet(page);
  await page.reload();
  const other = await chat.inAnotherTab();
  await other.ask(`long: ${word}`);
  await chat.message.fill("newer");
  await chat.send.click();
  await expect(chat.trouble).toBeVisible();
  await expect(chat.message).toHaveValue("newer");
  letRun();
  await chat.ready();
  await expect(chat.message).toHaveValue("newer");
  await other.stop.click();
});

test.describe("in two tabs", () => {
  test.use({ expectedErrors: /status of 409/ });

  test("of two questions asked in two tabs at once one is answered, and whoever asked the other hears why", async ({
    page,
    chat,
  }) => {
    const [word, mine] = [uniqueWord(), uniqueWord()];
    await chat.open();
    await chat.askAndRead(`echo: ${word}`);
    const other = await chat.inAnotherTab();
    let letGo = (): void => {};
    const isLate = new Promise<void>((resolve) => (letGo = resolve));
    await page.route("**/fn/ask_and_read", async (route) => {
      await isLate;
      await route.continue();
    });
    const asked = page.waitForRequest("**/fn/ask_and_read");
    await chat.message.fill(mine);
    await chat.send.click();
    await asked;
    await other.ask(`long: ${word}`);
    letGo();
    // The conversation is shown as it has become, and what is said of the question outlives that.
    await expect(chat.questions.last()).toContainText(`long: ${word}`);
    await expect(chat.trouble).toContainText("still being written");
    await expect(chat.message).toHaveValue(mine);
    await other.stop.click();
  });
});

test.describe("with a server that is away for a while", () => {
  test.use({ expectedErrors: /status of 503/ });

  test("a question that waits to be sent goes also when its conversation has changed meanwhile", async ({
    page,
    chat,
  }) => {
    const [word, between, mine] = [uniqueWord(), uniqueWord(), uniqueWord()];
    await chat.open();
    await chat.askAndRead(`echo: ${word}`);
    const other = await chat.inAnotherTab();
    let isAway = true;
    await page.route("**/fn/ask_and_read", async (route) => {
      const fault = { kind: "unavailable", message: "Away.", correlation_id: "" };
      await (isAway ? route.fulfill({ status: 503, json: fault }) : route.continue());
    });
    await chat.message.fill(`echo: ${mine}`);
    await chat.send.click();
    await expect(chat.trouble).toContainText("sent by itself");
    await other.askAndRead(`echo: ${between}`);
    await expect(chat.answerText).toHaveText(between);
    await expect(chat.trouble).toContainText("sent by itself");
    isAway = false;
    await expect(chat.answerText).toHaveText(mine, { timeout: 20_000 });
    await expect(chat.message).toHaveValue("");
  });
});

test("a question that is sent twice in a hurry is asked once", async ({ chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.message.fill(`echo: ${word}`);
  await chat.send.dblclick();
  await chat.ended();
  await expect(chat.questions).toHaveCount(1);
  expect(await modelRequests(word)).toHaveLength(1);
});

test("a suggestion fills the box", async ({ page, chat }) => {
  await chat.open();
  await page.getByRole("list", { name: "Suggestions" }).getByRole("button").nth(1).click();
  await expect(chat.message).toHaveValue(/liquidity/);
  await expect(chat.message).toBeFocused();
});

test("the question goes to the chosen model, also after a reload", async ({ page, chat }) => {
  await chat.open();
  const model = page.getByRole("combobox", { name: "Model" });
  await model.selectOption("gpt-4o");
  await page.reload();
  await chat.ready();
  await expect(model).toHaveValue("gpt-4o");
  await chat.askAndRead(`echo: ${uniqueWord()}`);
  await expect(chat.answer).toHaveAccessibleName("gpt-4o");
});

test("the chosen model stays chosen for the questions that follow, and nothing of them is remembered with it", async ({ page, chat }) => {
  await chat.open();
  const model = page.getByRole("combobox", { name: "Model" });
  await model.selectOption("gpt-4o");
  for (const answers of [1, 2]) {
    await chat.message.fill(`echo: ${uniqueWord()}`);
    // A click leaves the box, which tells that it has changed.
    await chat.send.click();
    await expect(page.getByRole("article", { name: "gpt-4o" })).toHaveCount(answers);
    await expect(chat.send).toBeVisible();
    await expect(model).toHaveValue("gpt-4o");
  }
  expect(await page.evaluate(() => localStorage.getItem("banter-model"))).toBe("gpt-4o");
});

test("a draft is kept over a reload, for each conversation its own", async ({ page, chat }) => {
  const [first, second] = [uniqueWord(), uniqueWord()];
  await chat.open();
  await chat.message.fill(`draft ${first}`);
  await page.reload();
  await expect(chat.message).toHaveValue(`draft ${first}`);

  await chat.ready();
  await chat.askAndRead(`echo: ${second}`);
  await chat.message.fill(`draft ${second}`);
  await chat.newChat.click();
  await expect(page).toHaveURL(/\/chat$/);
  await expect(chat.message).toHaveValue("");
  await chat.link(second).click();
  await expect(chat.message).toHaveValue(`draft ${second}`);
});

test("what is typed while an answer is written is kept", async ({ chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.ask(`echo: ${word} ${"and on ".repeat(20)}`);
  await expect(chat.stop).toBeVisible();
  await chat.message.fill("my next question");
  await chat.ended();
  await expect(chat.message).toHaveValue("my next question");
});

test.describe("offline", () => {
  test.use({ expectedErrors: /ERR_INTERNET_DISCONNECTED/ });

  test("a question that cannot be sent stays in its box", async ({ chat, context }) => {
    const word = uniqueWord();
    await chat.open();
    await context.setOffline(true);
    await chat.message.fill(`echo: ${word}`);
    await chat.send.click();
    await expect(chat.trouble).toContainText(/cannot be reached/i);
    await expect(chat.message).toHaveValue(`echo: ${word}`);
    await context.setOffline(false);
    await chat.send.click();
    await chat.ended();
    await expect(chat.answerText).toHaveText(word);
    await expect(chat.trouble).toHaveCount(0);
  });
});
