// What the server's commands answer, and how that becomes a page. Knows nothing of the editor.

/** The answer of a command that has something to show. */
export interface Answer {
  title: string;
  markdown?: string;
  html?: string;
  svg?: string;
}

/** The answer, if it is one that has something to show. */
export function asAnswer(value: unknown): Answer | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const answer = value as Record<string, unknown>;
  const text = (key: string) => (typeof answer[key] === "string" ? answer[key] : undefined);
  const title = text("title");
  const [markdown, html, svg] = [text("markdown"), text("html"), text("svg")];
  return title !== undefined && (markdown ?? html ?? svg) !== undefined ? { title, markdown, html, svg } : undefined;
}

/** Whether an answer says no more than its title, such as "10 findings fixed". */
export function isRemark({ title, markdown, html, svg }: Answer): boolean {
  return html === undefined && svg === undefined && [undefined, "", title].includes(markdown?.trim());
}

/** A page that may neither run scripts nor load anything. */
export function page(answer: Answer): string {
  const body = answer.html ?? `<main>${answer.svg ?? `<pre>${escaped(answer.markdown ?? "")}</pre>`}</main>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";
  const head =
    `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<title>${escaped(answer.title)}</title>`;
  if (/<head[^>]*>/i.test(body)) {
    return body.replace(/<head[^>]*>/i, (tag) => tag + head);
  }
  const style = "<style>body{background:#fff;color:#222}main{display:flex;justify-content:center}svg{max-width:100%;height:auto}</style>";
  return `<!DOCTYPE html><html><head>${head}${style}</head><body>${body}</body></html>`;
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character] ?? character);
}

/** Commands of the server that speak of the place of the cursor when they are called without arguments. */
export const PLACED = new Set(["kerascheck.fixAll", "kerascheck.showSummary", "kerascheck.showGraph"]);
