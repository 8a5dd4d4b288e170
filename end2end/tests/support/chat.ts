// The chat page as a person meets it: by role and accessible name.
import { randomBytes } from "node:crypto";

import { expect, type Locator, type Page } from "@playwright/test";

import { signIn, type Persona } from "./people";

export class Chat {
  readonly message: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly log: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  readonly list: Locator;
  readonly newChat: Locator;
  readonly search: Locator;

  constructor(readonly page: Page) {
    this.message = page.getByRole("textbox", { name: "Message" });
    this.send = page.getByRole("button", { name: "Send" });
    this.stop = page.getByRole("button", { name: "Stop" });
    this.log = page.getByRole("log", { name: "Conversation" });
    this.questions = this.log.getByRole("article", { name: "You" });
    this.answers = this.log.getByRole("article", { name: /^gpt-/ });
    this.list = page.getByRole("navigation", { name: "Conversations" });
    this.newChat = this.list.getByRole("button", { name: "New chat" });
    this.search = this.list.getByRole("searchbox", { name: "Search conversations" });
  }

  /** The answer to the last question. */
  get answer(): Locator {
    return this.answers.last();
  }

  /** The answer's text, where it is one paragraph. */
  get answerText(): Locator {
    return this.answer.getByRole("paragraph");
  }

  /** Trouble with the question that is still in its box. */
  get trouble(): Locator {
    return this.page.getByRole("main").locator(":scope > *").last().getByRole("alert");
  }

  link(title: string): Locator {
    return this.list.getByRole("link", { name: title });
  }

  /** Does something with a conversation in the list. */
  async option(title: string, option: string): Promise<void> {
    const row = this.list.getByRole("listitem").filter({ hasText: title });
    await row.hover();
    await row.getByRole("button", { name: "Options" }).click();
    await this.page.getByRole("button", { name: option, exact: true }).click();
  }

  /** Opens a chat page as `persona`, signing in on the way. */
  async open(persona: Persona = "Alice Archer", path = "/chat"): Promise<void> {
    await signIn(this.page, persona, path);
    await this.ready();
  }

  /** At a desk the page puts the cursor into the box as soon as its code runs. */
  async ready(): Promise<void> {
    await expect(this.message).toBeFocused();
  }

  /** The same page in another tab. */
  async inAnotherTab(): Promise<Chat> {
    const other = new Chat(await this.page.context().newPage());
    await other.page.goto(this.page.url());
    await other.ready();
    return other;
  }

  /** Asks, and waits until the question has its place in the conversation. */
  async ask(question: string): Promise<void> {
    await this.message.fill(question);
    await this.send.click();
    await expect(this.questions.last()).toContainText(question.split("\n", 1)[0]);
    await expect(this.page).toHaveURL(/\/chat\/[^/?]+$/);
  }

  /** Waits until the last answer has ended, one way or another. */
  async ended(): Promise<void> {
    await expect(this.answer).toBeVisible();
    await expect(this.answer).not.toHaveAttribute("aria-busy", "true", { timeout: 20_000 });
    await expect(this.stop).toHaveCount(0);
  }

  /** Asks and waits for the end of the answer. */
  async askAndRead(question: string): Promise<void> {
    await this.ask(question);
    await this.ended();
  }

  /** Opens the page and begins two conversations, of which the second one stays open. The word of each. */
  async openTwo(persona?: Persona): Promise<[string, string]> {
    const [one, other] = [uniqueWord(), uniqueWord()];
    await this.open(persona);
    await this.askAndRead(`echo: ${one}`);
    await this.newChat.click();
    await this.askAndRead(`echo: ${other}`);
    return [one, other];
  }
}

/** A word nobody else uses: makes a question, its title and the faults ordered for it a test's own. */
export function uniqueWord(): string {
  return `q${randomBytes(4).toString("hex")}`;
}

/** Text in which a lost or doubled piece shows. */
export function numberedWords(count: number): string {
  return Array.from({ length: count }, (_, index) => `n${index + 1}`).join(" ");
}

/** Keeps the page's code from running until the returned function is called. */
export async function withoutCodeYet(page: Page): Promise<() => void> {
  let letRun = (): void => {};
  const mayRun = new Promise<void>((resolve) => (letRun = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await mayRun;
    await route.continue();
  });
  return letRun;
}
