// The figures beside the reference's, for people.

/// A chat of the same scope on Next.js 16, measured on the same kind of machine.
export const REFERENCE = {
  requests_per_second: 12.8,
  requests_per_second_answers_cached: 92,
  p50_ms: 1150,
  first_load_bytes: 283_000,
  cold_start_ms: 1100,
  memory_idle_bytes: 150_000_000,
  memory_after_load_bytes: 586_000_000,
};

/// How many times better than the reference, for each of its figures.
export function compare(results) {
  const rate = results.load.requests_per_second;
  const ratios = {
    requests_per_second: rate / REFERENCE.requests_per_second,
    requests_per_second_answers_cached: rate / REFERENCE.requests_per_second_answers_cached,
    p50_ms: REFERENCE.p50_ms / results.load.p50_ms,
  };
  for (const name of ["first_load_bytes", "cold_start_ms", "memory_idle_bytes", "memory_after_load_bytes"]) {
    ratios[name] = REFERENCE[name] / results[name];
  }
  return ratios;
}

const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const MB = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const rate = (value) => `${value.toFixed(value < 100 ? 1 : 0)}/s`;
const times = (value) => `${value.toFixed(value < 10 ? 1 : 0)}×`;

export function table(results) {
  const { load, load_br: br, times_better: better, machine, binary } = results;
  const compared = (label, name, format, value = results[name]) => {
    return [label, format(value), format(REFERENCE[name]), times(better[name])];
  };
  const served = load.requests_per_second;
  const rows = [
    ["", "Banter", "reference", "better by"],
    ...results.first_load.map((part) => [`first load: ${part.kind}, ${part.encoding}`, kB(part.bytes), "", ""]),
    compared("first load of /chat, all", "first_load_bytes", kB),
    ["first start, with migrations", ms(results.first_start_ms), "", ""],
    compared(`cold start, median of ${results.cold_starts_ms.length}`, "cold_start_ms", ms),
    compared("memory, idle", "memory_idle_bytes", MB),
    ["memory, after a sign-in", MB(results.memory_signed_in_bytes), "", ""],
    [`page of ${results.messages} messages`, kB(results.page_bytes), "", ""],
    compared("  requests per second", "requests_per_second", rate, served),
    compared("    reference with all answers cached", "requests_per_second_answers_cached", rate, served),
    compared("  p50", "p50_ms", ms, load.p50_ms),
    ["  p99", ms(load.p99_ms), "", ""],
    [`page of ${results.messages} messages, brotli`, kB(results.page_bytes_br), "", ""],
    ["  requests per second", rate(br.requests_per_second), "", ""],
    ["  p50", ms(br.p50_ms), "", ""],
    ["  p99", ms(br.p99_ms), "", ""],
    compared("memory, after load", "memory_after_load_bytes", MB),
    ["memory, highest", MB(results.memory_peak_bytes), "", ""],
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  const before = machine.load_average_before.toFixed(1);
  const by = `${results.load_generator}, ${results.connections} connections, ${load.seconds} s`;
  return [
    ...rows.map((row) => row.map(pad).join("  ").trimEnd()),
    "",
    `${machine.cores} cores (${machine.cpu}), PostgreSQL ${machine.postgresql}, load average before the run ${before}.`,
    `Load by ${by}; it, PostgreSQL and the app share the machine.`,
    `Binary ${binary.path}, ${MB(binary.bytes)}. Answers of ${results.answer_bytes_median} bytes (median).`,
    "Reference: a Next.js 16 chat of the same scope on the same kind of machine.",
  ].join("\n");
}
