// HTTP with bodies as they are transferred, and a visitor: a browser without scripts.

import http from "node:http";

export const CONNECTIONS = 16;
const PATIENCE_MS = 30_000;

const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/// Kept connections would keep this process.
export function hangUp() {
  agent.destroy();
}

export function request(method, url, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    // IPv4, where the app and the sandbox listen.
    const sent = http.request(url, { method, headers, agent, family: 4, timeout: PATIENCE_MS }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${url} takes too long`)));
    sent.on("error", reject);
    sent.end(body);
  });
}

/// Keeps cookies, follows redirects, presses buttons.
export class Visitor {
  // Like a browser's, cookies belong to a host, whatever its port.
  #cookies = new Map();

  cookieLine(host) {
    return [...(this.#cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  get(url, headers = {}) {
    return this.#send("GET", url, headers);
  }

  post(url, fields, headers = {}) {
    const body = new URLSearchParams(fields).toString();
    const form = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
    return this.#send("POST", url, { ...form, ...headers }, body);
  }

  /// Opens a page of the app, presses the persona's button at the provider, and goes where that leads: to the page.
  async signIn(page, persona) {
    let url = page;
    let answer = await this.get(url);
    for (let hop = 0; hop < 20; hop += 1) {
      if (answer.headers.location) {
        url = new URL(answer.headers.location, url).href;
        answer = await this.get(url);
        continue;
      }
      if (answer.status === 200 && url === page) return;
      const form = formWithButton(answer.body.toString(), persona);
      if (!form) break;
      const { origin } = new URL(url);
      url = new URL(form.action, url).href;
      answer = await this.post(url, form.fields, { origin });
    }
    throw new Error(`signing in ended at ${url} with status ${answer.status}`);
  }

  async #send(method, url, headers, body = undefined) {
    const host = new URL(url).hostname;
    const cookie = this.cookieLine(host);
    const all = { accept: "text/html,*/*", ...(cookie && { cookie }), ...headers };
    const answer = await request(method, url, all, body);
    for (const line of answer.headers["set-cookie"] ?? []) this.#remember(host, line);
    return answer;
  }

  #remember(host, line) {
    const [pair, ...attributes] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const jar = this.#cookies.get(host) ?? new Map();
    this.#cookies.set(host, jar);
    jar.delete(pair.slice(0, at));
    const gone = attributes.some((attribute) => attribute.toLowerCase() === "max-age=0");
    if (!gone && at < pair.length - 1) jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/// The form that has a button with this text: where it leads, and what pressing the button sends.
function formWithButton(html, text) {
  for (const [form] of html.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    const buttons = [...form.matchAll(/<button\b[^>]*>([^<]*)<\/button>/g)];
    const button = buttons.find(([, label]) => label.trim() === text);
    if (!button) continue;
    const inputs = tags(form, "input");
    const fields = [...inputs, button[0]].map((tag) => [attribute(tag, "name"), attribute(tag, "value")]);
    return { action: attribute(form, "action"), fields: fields.filter(([name]) => name) };
  }
  return null;
}

/// The opening tags of this name.
export function tags(html, name) {
  return [...html.matchAll(new RegExp(`<${name}\\b[^>]*>`, "g"))].map(([tag]) => tag);
}

/// An attribute of the tag that `html` begins with; empty if it has none of that name.
export function attribute(html, name) {
  const tag = html.slice(0, html.indexOf(">") + 1);
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  const characters = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return value.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity) => characters[entity]);
}
