// What an answer looks like: Markdown as elements, and nothing in it that acts by itself.
import { uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

test("a table is a table", async ({ page, chat }) => {
  const rows = "| Product | Volume |\n| :--- | ---: |\n| Loan | 48 |\n| Leasing | 31 |";
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n${rows}`);
  const check = async (): Promise<void> => {
    const table = chat.answer.getByRole("table");
    await expect(table.getByRole("columnheader")).toHaveText(["Product", "Volume"]);
    await expect(table.getByRole("cell")).toHaveText(["Loan", "48", "Leasing", "31"]);
  };
  await check();
  await page.reload();
  await check();
});

test("code is code, with its language", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n\`\`\`sql\nSELECT 1 < 2;\n\`\`\`\n\nand \`inline\``);
  const check = async (): Promise<void> => {
    await expect(chat.answer.getByRole("group", { name: "Code, sql" })).toHaveText("SELECT 1 < 2;");
    await expect(chat.answer.getByRole("code").filter({ hasText: "inline" })).toBeVisible();
  };
  await check();
  await page.reload();
  await check();
});

test("lists, headings and emphasis are elements", async ({ page, chat }) => {
  const text = "# Title\n\n1. first\n   - nested\n2. second\n\n- [x] done\n- [ ] open\n\n**strong**, *stressed*, ~~gone~~\n\n> quoted";
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n${text}`);
  const check = async (): Promise<void> => {
    await expect(chat.answer.getByRole("heading", { name: "Title" })).toBeVisible();
    await expect(chat.answer.getByRole("listitem").filter({ hasText: "nested" }).getByRole("listitem")).toHaveText("nested");
    await expect(chat.answer.getByRole("img", { name: "Done" })).toHaveCount(1);
    await expect(chat.answer.getByRole("img", { name: "To do" })).toHaveCount(1);
    await expect(chat.answer.getByRole("strong")).toHaveText("strong");
    await expect(chat.answer.getByRole("emphasis")).toHaveText("stressed");
    await expect(chat.answer.getByRole("deletion")).toHaveText("gone");
    await expect(chat.answer.getByRole("blockquote")).toHaveText("quoted");
  };
  await check();
  await page.reload();
  await check();
});

test("an answer looks the same while it was written and after a reload", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`Please make a checklist for ${uniqueWord()}`);
  const written = await chat.answer.ariaSnapshot();
  await page.reload();
  await chat.ready();
  expect(await chat.answer.ariaSnapshot()).toBe(written);
});

test("a question is shown as it was typed", async ({ page, chat }) => {
  const typed = `echo: ${uniqueWord()} <b>not bold</b> **not strong** & "quoted"`;
  await chat.open();
  await chat.askAndRead(typed);
  await expect(chat.questions.getByText(typed, { exact: true })).toBeVisible();
  await page.reload();
  await expect(chat.questions.getByText(typed, { exact: true })).toBeVisible();
  await expect(chat.questions.getByRole("strong")).toHaveCount(0);
});

test("scripts of the world arrive unharmed", async ({ page, chat }) => {
  const text = `${uniqueWord()} Grüße, Πλούτος, 日本語、한국어, हिन्दी, 👩‍👩‍👧‍👦 שלום`;
  await chat.open();
  await chat.askAndRead(`echo: ${text}`);
  await expect(chat.answerText).toHaveText(text);
  await page.reload();
  await expect(chat.answerText).toHaveText(text);
});

test.describe("in Berlin", () => {
  test.use({ timezoneId: "Europe/Berlin" });

  test("all messages have the reader's time, whenever they came", async ({ page, chat }) => {
    await chat.open();
    await chat.askAndRead(`echo: ${uniqueWord()}`);
    await chat.askAndRead(`echo: ${uniqueWord()}`);
    const times = chat.log.getByRole("time");
    await expect(times).toHaveCount(2);
    for (const time of await times.all()) {
      const here = await time.evaluate((element: HTMLTimeElement) => new Date(element.dateTime).getHours());
      await expect(time).toHaveText(new RegExp(`^${String(here).padStart(2, "0")}:`));
    }
  });
});

test("text is read in its own direction", async ({ chat }) => {
  const arabic = "المبلغ المستحق هو";
  await chat.open();
  await chat.askAndRead(`echo: ${arabic} ${uniqueWord()}.`);
  for (const text of [chat.questions.locator("div").first(), chat.answerText]) {
    const side = await text.evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const [words, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
      return { left: words.left - box.left, right: box.right - words.right };
    });
    expect(side.right, "it begins at the right").toBeLessThanOrEqual(side.left + 40);
  }
});

test("a question sent too early says what to do", async ({ page, chat }) => {
  await chat.open();
  await chat.ask(`long: ${uniqueWord()}`);
  await chat.message.fill("another");
  await chat.message.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "or stop it." })).toBeVisible();
  await expect(chat.message).toHaveValue("another");
  await chat.message.press("Escape");
  await chat.ended();
});

test("a hostile answer stays harmless", async ({ page, chat }) => {
  test.slow();
  await chat.open();
  await chat.ask(`Something hostile for ${uniqueWord()}`);
  await expect(chat.answer).not.toHaveAttribute("aria-busy", "true", { timeout: 60_000 });
  // The browser's watch fails the test on dialogs, scripts' errors and requests to foreign hosts.
  const check = async (): Promise<void> => {
    await expect(chat.answer).toContainText("<script>alert('script ran')</script>");
    await expect(chat.answer).toContainText("An unfinished start at the very end");
    const active = "img, iframe, script, style, form, input, object, embed, meta, base, video, audio, [onerror], [onload], [style]";
    // Drawings of ours are in buttons.
    expect(await chat.answer.locator(active).count()).toBe(0);
    const targets = await chat.answer.getByRole("link").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol));
    expect(targets.filter((protocol) => !["http:", "https:", "mailto:"].includes(protocol))).toEqual([]);
    await expect(chat.answer.getByRole("link", { name: "your bank" })).toHaveAttribute("title", "https://tracker.invalid/login");
    await expect(chat.answer.getByRole("link", { name: "click me" })).toHaveCount(0);
    expect(await chat.answer.textContent(), "no character that reorders or hides text").not.toMatch(
      /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u0000-\u0008\u000b-\u001f]/,
    );
    await expect(chat.message).toBeVisible();
    await expect(page).toHaveTitle(/hostile/);
  };
  await check();
  await page.reload();
  await chat.ready();
  await check();
});

test("a hostile question stays harmless in the list and in the title", async ({ page, chat }) => {
  const word = uniqueWord();
  const hostile = `echo: ${word}</title><script>alert(1)</script>`;
  await chat.open();
  await chat.askAndRead(hostile);
  await page.reload();
  await chat.ready();
  await expect(page).toHaveTitle(new RegExp(`${word}</title><script>`));
  await expect(chat.link(word)).toContainText("</title><script>");
});

test("a link opens outside the chat", async ({ chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()} [the bank](https://bank.example/help)`);
  const link = chat.answer.getByRole("link", { name: "the bank" });
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(link).toHaveAttribute("rel", /noopener/);
  await expect(link).toHaveAttribute("rel", /noreferrer/);
});

test.describe("copying", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("Copy takes an answer as it was written", async ({ page, chat }) => {
    const text = `${uniqueWord()} **bold** and\n\n- a list`;
    await chat.open();
    await chat.askAndRead(`echo: ${text}`);
    await chat.answer.getByRole("button", { name: "Copy" }).click();
    await expect(chat.answer.getByRole("button", { name: "Copied" })).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "Copied." })).toHaveCount(1);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);
  });

  test("Copy takes a question as it was typed, also after a reload", async ({ page, chat }) => {
    const question = `echo: ${uniqueWord()}  two  blanks`;
    await chat.open();
    await chat.askAndRead(question);
    await page.reload();
    await chat.ready();
    await chat.questions.hover();
    await chat.questions.getByRole("button", { name: "Copy" }).click();
    await expect(chat.questions.getByRole("button", { name: "Copied" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(question);
  });

  test("Copy code takes the code and nothing else", async ({ page, chat }) => {
    await chat.open();
    await chat.askAndRead(`echo: ${uniqueWord()}\n\n\`\`\`rust\nfn main() {\n    let x = 1;\n}\n\`\`\``);
    await chat.answer.getByRole("button", { name: "Copy code" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Copied." })).toHaveCount(1);
    expect((await page.evaluate(() => navigator.clipboard.readText())).trimEnd()).toBe("fn main() {\n    let x = 1;\n}");
  });
});
