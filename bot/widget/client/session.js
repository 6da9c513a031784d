/* The server, as the web channel's contract has it (docs/web-channel.md). Decides where the token
   lives (memory; the tab's storage only where the site asks for it), how long an answer is waited
   for, and what kinds of failure there are. Each message has an id: sent twice, it is answered once. */
const PATIENCE = 20000;
const STORED = "chat";

export class Failure extends Error {
  /* kind: "offline", "gone", "ended", "busy" or "refused"; said: the server's own words, if any. */
  constructor(kind, said = "", seconds = 0) {
    super(kind);
    Object.assign(this, { kind, said, seconds });
  }
}

export function newId() {
  const parts = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(parts, (part) => part.toString(16).padStart(2, "0")).join("");
}

function kindOf(status) {
  if (status === 401) return "ended";
  if (status === 429) return "busy";
  return status >= 500 ? "gone" : "refused";
}

export class Session {
  constructor(origin, keep) {
    this.base = `${origin}/webhooks/web`;
    this.keep = keep;
    this.token = this.stored();
    this.aborting = new AbortController();
  }

  stored() {
    try {
      return this.keep ? sessionStorage.getItem(STORED) : null;
    } catch {
      return null; // storage is forbidden here: then in memory
    }
  }

  hold(token) {
    this.token = token;
    try {
      if (this.keep && token) sessionStorage.setItem(STORED, token);
      if (this.keep && !token) sessionStorage.removeItem(STORED);
    } catch {
      // as above
    }
  }

  headers(language) {
    const headers = { "Accept-Language": language };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    return headers;
  }

  async call(method, path, language, body) {
    const aborting = new AbortController();
    const stop = () => aborting.abort();
    const alarm = setTimeout(stop, PATIENCE);
    this.aborting.signal.addEventListener("abort", stop);
    const headers = this.headers(language);
    if (body) headers["Content-Type"] = "application/json";
    let response;
    let answer;
    try {
      response = await fetch(this.base + path, {
        method, headers, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
        signal: aborting.signal, body: body && JSON.stringify(body),
      });
      answer = response.status === 204 ? {} : await response.json();
    } catch {
      throw new Failure(response || navigator.onLine !== false ? "gone" : "offline");
    } finally {
      clearTimeout(alarm);
      this.aborting.signal.removeEventListener("abort", stop);
    }
    if (response.ok) return answer;
    const said = (answer.error && answer.error.message) || "";
    const kind = kindOf(response.status);
    if (kind === "ended") this.hold(null);
    throw new Failure(kind, said, Number(response.headers.get("Retry-After")) || 0);
  }

  async begin(wishes) {
    const answer = await this.call("POST", "/sessions", wishes.language, wishes);
    this.hold(answer.token);
    return answer;
  }

  send(message, language) {
    return this.call("POST", "/messages", language, message);
  }

  async erase(language) {
    if (this.token) {
      await this.call("DELETE", "/sessions", language).catch((failure) => {
        if (failure.kind !== "ended") throw failure;
      });
    }
    this.hold(null);
  }

  /* For a page that is leaving: nothing is waited for. */
  farewell() {
    const token = this.token;
    this.hold(null);
    this.aborting.abort();
    this.aborting = new AbortController();
    if (!token) return;
    const address = `${this.base}/erase`;
    if (navigator.sendBeacon && navigator.sendBeacon(address, token)) return;
    fetch(address, { method: "POST", body: token, keepalive: true, mode: "no-cors", credentials: "omit" }).catch(() => {});
  }
}
