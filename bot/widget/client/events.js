/* The operators' side: server-sent events, read with fetch so that the token is in a header and
   never in an address. Decides when a lost stream is opened again (soon, then less often), and that
   it goes on after the last event that was read. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const SILENCE = 45000; // the server sends a comment at least every 15 s

export class Events {
  constructor(session, take) {
    Object.assign(this, { session, take, last: "", aborting: null });
  }

  get open() {
    return this.aborting !== null;
  }

  start(language) {
    if (this.open) return;
    this.aborting = new AbortController();
    this.run(language, this.aborting);
  }

  stop() {
    this.aborting?.abort();
    this.aborting = null;
  }

  async run(language, mine) {
    let wait = FIRST_WAIT;
    while (this.aborting === mine && this.session.token) {
      try {
        await this.read(language, mine, () => { wait = FIRST_WAIT; });
      } catch (failure) {
        if (failure && failure.ended) break;
      }
      if (this.aborting !== mine) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
    if (this.aborting === mine) this.aborting = null;
  }

  async read(language, mine, heard) {
    const headers = { ...this.session.headers(language), Accept: "text/event-stream" };
    if (this.last) headers["Last-Event-ID"] = this.last;
    const reading = new AbortController();
    const stop = () => reading.abort();
    mine.signal.addEventListener("abort", stop);
    let alarm = setTimeout(stop, SILENCE);
    try {
      const response = await fetch(`${this.session.base}/events`, {
        headers, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: reading.signal,
      });
      if (!response.ok) throw Object.assign(new Error("refused"), { ended: [401, 403, 404].includes(response.status) });
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        heard();
        clearTimeout(alarm);
        alarm = setTimeout(stop, SILENCE);
        const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
        rest = blocks.pop();
        blocks.forEach((block) => this.event(block));
      }
    } finally {
      clearTimeout(alarm);
      mine.signal.removeEventListener("abort", stop);
    }
  }

  event(block) {
    let name = "message";
    const data = [];
    for (const line of block.split(/\r?\n/)) {
      const [, field, value] = /^(\w+): ?(.*)$/.exec(line) || [];
      if (field === "event") name = value;
      else if (field === "data") data.push(value);
      else if (field === "id") this.last = value;
    }
    if (data.length) this.take(name, JSON.parse(data.join("\n")));
  }
}
