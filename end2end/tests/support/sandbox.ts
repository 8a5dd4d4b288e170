// The sandbox's control endpoints. Faults are shared by all tests, so each is ordered for one question or one person.
const SANDBOX = process.env.SANDBOX_URL ?? "http://localhost:4000";

export interface Fault {
  service: "openai" | "entra" | "graph";
  kind: string;
  /** How many requests it hits; until the sandbox ends, if absent. */
  times?: number;
  match: { question: string } | { persona: string };
  [parameter: string]: unknown;
}

export interface RecordedRequest {
  path: string;
  status: number | null;
  finished: boolean;
  disconnected: boolean;
  json: { messages?: { role: string; content: string }[] } | null;
}

export async function order(fault: Fault): Promise<void> {
  const response = await fetch(`${SANDBOX}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  if (response.status !== 201) {
    throw new Error(`The sandbox refused a fault: ${await response.text()}`);
  }
}

/** The model answers up to here and then says nothing more, until the app lets go. */
export function hangAfter(chunks: number, question: string): Promise<void> {
  return order({ service: "openai", kind: "hang", after_chunks: chunks, match: { question } });
}

/** What the model was asked in a question that contains `word`. */
export async function modelRequests(word: string): Promise<RecordedRequest[]> {
  const response = await fetch(`${SANDBOX}/_sandbox/requests?service=openai`);
  const { requests } = (await response.json()) as { requests: RecordedRequest[] };
  return requests.filter((request) => request.json?.messages?.at(-1)?.content.includes(word));
}
