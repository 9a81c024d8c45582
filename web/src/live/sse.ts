// Reads server-sent events from text that comes in pieces (WHATWG HTML, "event stream interpretation").

export interface Message {
  type: string;
  data: string;
  id: string | null;
}

export class EventParser {
  #rest = '';
  #type = '';
  #data: string[] = [];
  #id: string | null = null;
  retryMs: number | null = null;

  /** The messages that are complete with this piece. */
  push(piece: string): Message[] {
    const found: Message[] = [];
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line !== '') {
        this.#field(line);
        continue;
      }
      if (this.#data.length) found.push({ type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id });
      this.#type = '';
      this.#data = [];
      this.#id = null;
    }
    return found;
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#type = value;
    if (name === 'data') this.#data.push(value);
    if (name === 'id') this.#id = value;
    if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
  }
}
