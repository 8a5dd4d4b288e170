// Versions of questions and answers: nothing that was there is lost by asking otherwise.
import { uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

test("a question is changed, and the way back leads to what it was", async ({ chat }) => {
  const word = uniqueWord();
  await chat.open("Carol Chen");
  await chat.askAndRead(`echo: ${word}`);
  await chat.askAndRead("echo: follow-up");
  await chat.questions.first().hover();
  await chat.questions.first().getByRole("button", { name: "Edit" }).click();
  await expect(chat.message).toHaveValue(`echo: ${word}`);
  await chat.message.fill(`echo: other ${word}`);
  await chat.send.click();
  await expect(chat.questions).toHaveCount(1);
  await chat.ended();
  await expect(chat.answerText).toHaveText(`other ${word}`);
  await expect(chat.questions.first()).toContainText("2 / 2");
  let choices = 0;
  chat.page.on("request", (request) => {
    choices += request.url().endsWith("/fn/choose") ? 1 : 0;
  });
  await chat.questions.first().getByRole("button", { name: "Previous version" }).click();
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answerText).toHaveText("follow-up");
  await expect(chat.page.locator(".pointed-out"), "its reader is led to it").toContainText(word);
  await chat.page.reload();
  await expect(chat.answers).toHaveCount(2);
  expect(choices, "it is chosen once").toBe(1);
});

test("the arrow up changes the last question, and Escape leaves it", async ({ chat, page }) => {
  await chat.open("Carol Chen");
  await chat.askAndRead("echo: one");
  await chat.message.press("ArrowUp");
  await expect(chat.message).toHaveValue("echo: one");
  await expect(page.getByText("Changing a question.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Changing a question.")).toHaveCount(0);
  await expect(chat.message).toHaveValue("");
});

test("an answer is asked for again, of another model", async ({ chat, page }) => {
  await chat.open("Carol Chen");
  await chat.askAndRead("echo: one");
  await page.getByRole("combobox", { name: "Model" }).selectOption("gpt-5");
  await chat.answer.getByRole("button", { name: "Regenerate" }).click();
  await expect(chat.log.getByRole("article", { name: "gpt-5", exact: true })).toHaveCount(1);
  await chat.ended();
  await expect(chat.answer).toContainText("2 / 2");
  await chat.answer.getByRole("button", { name: "Previous version" }).click();
  await expect(chat.log.getByRole("article", { name: "gpt-5-mini" })).toHaveCount(1);
  await page.getByRole("combobox", { name: "Model" }).selectOption("gpt-5-mini");
});

test("an answer is rated, with a word on it", async ({ chat, page }) => {
  await chat.open("Carol Chen");
  await chat.askAndRead("echo: one");
  const bad = chat.answer.getByRole("button", { name: "Bad answer" });
  await bad.click();
  await expect(bad).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Say why" }).click();
  await page.getByRole("textbox", { name: "Why" }).fill("Out of date");
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByText("Thank you.")).toBeVisible();
  await page.reload();
  await expect(bad).toHaveAttribute("aria-pressed", "true");
});

test("the word on an answer need not be written", async ({ chat, page }) => {
  await chat.open("Carol Chen");
  await chat.askAndRead("echo: one");
  const why = page.getByRole("textbox", { name: "Why" });
  const leaves: [string, () => Promise<void>][] = [
    ["by Escape", () => why.press("Escape")],
    ["by going elsewhere", () => chat.newChat.click()],
  ];
  for (const [how, leave] of leaves) {
    await chat.answer.getByRole("button", { name: how === "by Escape" ? "Good answer" : "Bad answer" }).click();
    await page.getByRole("button", { name: "Say why" }).click();
    await expect(why).toBeFocused();
    await leave();
    await expect(why, how).toHaveCount(0);
    await expect(chat.message, how).toBeFocused();
  }
});
