// Code, formulas, notes and links in answers: set while they are written, in finished conversations, and for the clipboard.
import { expectAccessible } from "./support/axe";
import { uniqueWord } from "./support/chat";
import { expect, test } from "./support/test";

const CODE = "```rust\nfn main() {\n    // a comment\n    let text = \"é\";\n}\n```";
/** Lets the block before it be finished while the answer goes on. */
const MORE = "\n\nAnd on.\n\nAnd on.\n";

test("code is coloured when its block is closed, and looks the same after a reload", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n${CODE}${MORE}`);
  const code = chat.answer.getByRole("group", { name: "Code, rust" });
  await expect(code.locator("span.t1", { hasText: "fn" })).toHaveCount(1);
  await expect(code).toHaveText(/^fn main\(\) \{\s+\/\/ a comment\s+let text = "é";\s+\}\s*$/);
  const written = await code.innerHTML();
  await page.reload();
  await chat.ready();
  await expect(code.locator("span.t3")).toHaveText("// a comment");
  expect(await code.evaluate((element) => element.textContent)).toBe("fn main() {\n    // a comment\n    let text = \"é\";\n}\n");
  expect((await code.innerHTML()).replace(/ (class|data-language)="(rust|)"/g, "")).toBe(written.replace(/ (class|data-language)="(rust|)"/g, ""));
});

test("a conversation opened from the list has its code and formulas set", async ({ page, chat }) => {
  const word = uniqueWord();
  await chat.open();
  await chat.askAndRead(`echo: ${word} $x^2$\n\n${CODE}${MORE}`);
  await chat.newChat.click();
  await expect(chat.answers).toHaveCount(0);
  await chat.link(word).click();
  await expect(chat.answer.locator("math msup")).toHaveCount(1);
  await expect(chat.answer.locator("span.t1").first()).toBeVisible();
});

test("formulas are mathematics, money is money, and what cannot be read stays", async ({ page, chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()} $x^2$ and \\(y_1\\) for $5 or $6\n\n\\[\na = \\frac{b}{c}\n\\]\n\n$\\unheardof{x}$`);
  const check = async (): Promise<void> => {
    await expect(chat.answer.locator("math")).toHaveCount(3);
    await expect(chat.answer).toContainText("for $5 or $6");
    await expect(chat.answer).toContainText("\\unheardof{x}");
    const fraction = await chat.answer.locator("mfrac").boundingBox();
    const row = await chat.answer.locator("msup").boundingBox();
    expect(fraction!.height, "a fraction is laid out as one").toBeGreaterThan(row!.height * 1.3);
    expect(await chat.answer.locator("math").first().evaluate((math) => math.namespaceURI)).toBe("http://www.w3.org/1998/Math/MathML");
  };
  await check();
  await page.reload();
  await chat.ready();
  await check();
});

test.describe("without the server's help", () => {
  test.use({ expectedErrors: /typeset|ERR_FAILED/ });

  test("plain code and TeX stay", async ({ page, chat }) => {
    await page.route("**/fn/typeset", (route) => route.abort());
    await chat.open();
    const asked = page.waitForRequest("**/fn/typeset");
    await chat.askAndRead(`echo: ${uniqueWord()} $x^2$\n\n${CODE}${MORE}`);
    await asked;
    await expect(chat.answer.getByRole("group", { name: "Code, rust" })).toContainText("fn main()");
    await expect(chat.answer).toContainText("x^2");
    await expect(chat.answer.locator("math, span.t1")).toHaveCount(0);
  });
});

for (const scheme of ["light", "dark"] as const) {
  test(`set answers are accessible in ${scheme}`, async ({ page, chat }) => {
    // They are a thousand tokens, at the pace of reading.
    test.slow();
    await page.emulateMedia({ colorScheme: scheme });
    await chat.open();
    await chat.askAndRead(`Show me code for ${uniqueWord()}`);
    await expect(chat.answer.locator(".t1").first()).toBeVisible();
    await chat.askAndRead(`Which footnotes and hints for ${uniqueWord()}`);
    await page.reload();
    await chat.ready();
    await expect(chat.answers.first().locator(".t1").first()).toBeVisible();
    await expectAccessible(page, `answers in ${scheme}`);
  });
}

test("lines of code wrap at a press, in all code, and after a reload", async ({ page, chat }) => {
  const long = `\`\`\`text\n${"word ".repeat(80)}\n\`\`\``;
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()}\n\n${long}\n\n${long}`);
  const blocks = chat.answer.getByRole("group", { name: "Code, text" });
  const overflow = (): Promise<boolean[]> => blocks.evaluateAll((found) => found.map((block) => block.scrollWidth > block.clientWidth));
  expect(await overflow()).toEqual([true, true]);
  await chat.answer.getByRole("button", { name: "Wrap lines", exact: true }).first().click();
  expect(await overflow()).toEqual([false, false]);
  await expect(page.getByRole("status").filter({ hasText: "Lines are wrapped." })).toHaveCount(1);
  await page.reload();
  await chat.ready();
  expect(await overflow()).toEqual([false, false]);
  await chat.answer.getByRole("button", { name: "Unwrap lines" }).first().click();
  expect(await overflow()).toEqual([true, true]);
});

test("footnotes lead there and back, each within its own answer", async ({ page, chat }) => {
  await chat.open();
  for (const word of [uniqueWord(), uniqueWord()]) {
    await chat.askAndRead(`echo: ${word}[^1] text\n\n[^1]: Note of ${word}.`);
  }
  const check = async (): Promise<void> => {
    const ids = await page.locator(".md [id]").evaluateAll((found) => found.map((element) => element.id));
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
    await chat.answer.getByRole("link", { name: "Footnote 1", exact: true }).click();
    await expect(chat.answer.getByRole("note")).toBeInViewport();
    expect(new URL(page.url()).hash).toBe(`#${ids[3]}`);
    await expect(chat.answers).toHaveCount(2);
    await chat.answer.getByRole("link", { name: "Back to footnote 1 in the text" }).click();
    expect(new URL(page.url()).hash).toBe(`#${ids[2]}`);
  };
  await check();
  await page.reload();
  await expect(chat.answers).toHaveCount(2);
  await check();
});

test("a link shows where it leads, and one that pretends is marked", async ({ chat }) => {
  await chat.open();
  await chat.askAndRead(`echo: ${uniqueWord()} [the bank](https://bank.example/a) [https://bank.com](https://evil.example/b)`);
  const after = (name: string): Promise<string> =>
    chat.answer.getByRole("link", { name }).evaluate((link) => getComputedStyle(link, "::after").content);
  expect(await after("the bank")).toContain("bank.example");
  expect(await after("https://bank.com")).toContain("leads to");
  expect(await after("https://bank.com")).toContain("evil.example");
});

test("what is begun is shown as it will be, while the answer is written", async ({ page, chat }) => {
  await chat.open();
  await page.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const text = document.querySelector(".it:last-of-type .md")?.textContent ?? "";
      if (/\*|\]\(/.test(text)) seen.add(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  const words = "some words that take a while to write out ".repeat(3);
  await chat.askAndRead(`echo: ${uniqueWord()} **${words}end** then *${words}end* and [${words}](https://bank.example/a)`);
  expect(await page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen])).toEqual([]);
  await expect(chat.answer.locator("strong")).toContainText("end");
});

test.describe("the clipboard", () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("Copy takes Markdown for editors and HTML for word processors", async ({ page, chat }) => {
    const text = `${uniqueWord()} **bold** and\n\n- a list`;
    await chat.open();
    await chat.askAndRead(`echo: ${text}`);
    await chat.answer.getByRole("button", { name: "Copy" }).click();
    await expect(chat.answer.getByRole("button", { name: "Copied" })).toBeVisible();
    const forms = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const read = async (type: string): Promise<string> => (await item.getType(type)).text();
      return { plain: await read("text/plain"), html: await read("text/html") };
    });
    expect(forms.plain).toBe(text);
    expect(forms.html).toContain("<strong>bold</strong>");
    expect(forms.html).toContain("<li>a list</li>");
  });
});

test("a very long answer of one block keeps the page responsive", async ({ page, chat }) => {
  test.slow();
  const rows = Array.from({ length: 100 }, (_, row) => `| ${row} | some words | and more words of a row |`).join("\n");
  await chat.open();
  await chat.ask(`echo: ${uniqueWord()}\n\n| a | b | c |\n| --- | --- | --- |\n${rows}`);
  await chat.message.fill("still here");
  await expect(chat.message).toHaveValue("still here");
  await expect(chat.answer).not.toHaveAttribute("aria-busy", "true", { timeout: 60_000 });
  await expect(chat.answer.getByRole("row")).toHaveCount(101);
});
