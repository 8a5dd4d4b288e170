// Notices whatever should not happen in a browser while a test looks elsewhere.
import type { BrowserContext } from "@playwright/test";

// Pages of the app and of the sandbox; everything else is the outside world.
const OURS = new Set(["localhost", "127.0.0.1"]);
// The browser's own word for a request it gave up because its page was left.
const LEFT = "net::ERR_ABORTED";

/** Console errors, uncaught exceptions, dialogs, failed requests and requests to foreign hosts. */
export class Watch {
  readonly troubles: string[] = [];

  add(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error") {
        this.note(`console error: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.note(`uncaught: ${error.error().message}`));
    context.on("dialog", (dialog) => {
      this.note(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText ?? "unknown";
      if (reason !== LEFT) {
        this.note(`request failed: ${reason} (${request.url()})`);
      }
    });
    context.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && !OURS.has(hostname)) {
        this.note(`foreign request: ${request.url()}`);
      }
    });
  }

  /** What happened and was not announced. */
  unexpected(announced: RegExp): string[] {
    return this.troubles.filter((trouble) => !announced.test(trouble));
  }

  private note(trouble: string): void {
    this.troubles.push(trouble);
  }
}
