// What the scripts here are told on the command line.

import path from "node:path";
import { parseArgs } from "node:util";

import { root } from "./processes.mjs";

/** The options that scripts share, and its `own` of one, each a text with a default. Shows `help` for --help and for what is none. */
export function optionsOf(help, own = {}) {
  const defaults = { built: path.join(root, "target"), sandbox: path.join(root, "target/debug/sandbox"), ...own };
  const texts = Object.entries(defaults).map(([name, value]) => [name, { type: "string", default: value }]);
  try {
    const { values } = parseArgs({ options: { ...Object.fromEntries(texts), help: { type: "boolean" } } });
    if (!values.help) return values;
    console.log(help);
    process.exit(0);
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

/** Where Chromium is. */
export const CHROMIUM = process.env.BANTER_CHROMIUM ?? "/usr/bin/chromium";
