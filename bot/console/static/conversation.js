/* The conversation of the chosen case. Words live in this page only, and leave it with the case.
   A message that was not acknowledged is sent again under the same id: it arrives once. */
import { $, call, clock, data, make, now, said, t, tell } from "/console/static/dom.js";
import { badges, show as showQueue, state } from "/console/static/queue.js";

const AGAIN_MS = 2000;
const entries = new Map();   // case id -> Map of entry id -> row
const pending = new Map();   // case id -> list of messages without an acknowledgement
const drafts = new Map();
let current = null;
let endedWith = null;
let onChange = () => {};

export function chosen() { return current; }
function theCase() { return state.mine.find((one) => one.id === current) ?? null; }

export function open(id) {
  if (current) drafts.set(current, $("text").value);
  current = id;
  endedWith = null;
  $("text").value = drafts.get(id) ?? "";
  state.unread.delete(id);
  show();
  showQueue();
  onChange(theCase());
  document.querySelector(".views [data-view=conversation]").click();
  $("text").focus();
}

export function take(row) {
  const known = entries.get(row.case) ?? entries.set(row.case, new Map()).get(row.case);
  const before = known.get(row.id);
  if (row.kind === undefined) {
    if (before) before.delivery = row.delivery;
  } else {
    known.set(row.id, row);
    if (row.kind === "operator") drop(row);
    if (!before && row.kind === "person" && row.case !== current) {
      state.unread.set(row.case, (state.unread.get(row.case) ?? 0) + 1);
      showQueue();
    }
  }
  if (row.case === current) show();
}

/* The stream may be faster than the acknowledgement: a message is known by the page's own id. */
function drop(row) {
  const waiting = pending.get(row.case) ?? [];
  const index = waiting.findIndex((one) => one.id === row.message);
  if (index >= 0) waiting.splice(index, 1);
}

/* After every picture: cases that are no longer ours take their words with them. */
export function forgetEnded() {
  const mine = new Set(state.mine.map((one) => one.id));
  for (const id of [...entries.keys(), ...pending.keys(), ...drafts.keys()]) {
    if (mine.has(id)) continue;
    entries.delete(id);
    pending.delete(id);
    drafts.delete(id);
    state.unread.delete(id);
  }
  if (current && !mine.has(current) && endedWith === null && arrived.has(current)) {
    endedWith = closedHere.has(current) ? t.state_closed : t.state_gone;
    $("text").value = "";
  }
  for (const id of mine) arrived.add(id);
  show();
}
const arrived = new Set();
const closedHere = new Set();

function deliveryText(row) {
  const [kind, code] = row.delivery.split(":");
  if (kind === "failed") return `${t.delivery_failed}: ${t[`failed_${code}`] ?? code}`;
  return t[`delivery_${kind}`] ?? "";
}

function bubble(row) {
  if (row.kind === "notice") return make("div", { class: "notice" }, make("strong", {}, `${t.chaski}: `), row.text,
    /^(failed|unknown)/.test(row.delivery) ? make("span", { class: "delivery trouble" }, ` ${deliveryText(row)}`) : null);
  if (row.kind === "media") return make("div", { class: "notice" }, t.media);
  if (row.kind === "place") return make("div", { class: "notice" }, `${t.shared_place} ${row.text}`);
  const mine = row.kind === "operator";
  const trouble = /^(failed|unknown)/.test(row.delivery);
  return make("div", { class: mine ? "message mine" : "message" },
    make("span", { class: "who" }, mine ? (row.by === data.name ? t.you : row.by) : t.person,
      " ", make("time", {}, new Date(row.at * 1000).toLocaleTimeString(data.language, { hour: "2-digit", minute: "2-digit" }))),
    make("p", { dir: "auto", lang: theCase()?.language }, row.text),
    mine && row.delivery ? make("span", { class: trouble ? "delivery trouble" : "delivery" }, deliveryText(row)) : null);
}

function waitingBubble(one) {
  return make("div", { class: "message mine" }, make("span", { class: "who" }, t.you), make("p", { dir: "auto" }, one.text),
    make("span", { class: one.error ? "delivery trouble" : "delivery" }, one.error ? `${t.delivery_failed}: ${one.error}` : t.delivery_pending));
}

function shut(one) {
  if (one.window_closed) return one.window_closed === "21610" ? t.opted_out : t.window_closed;
  return one.window && now() >= one.window ? t.window_closed : "";
}

export function show() {
  const one = theCase();
  $("empty").hidden = Boolean(one);
  $("case").hidden = !one;
  if (!one) {
    $("log").replaceChildren();
    $("empty").replaceChildren(make("p", {}, endedWith ?? t.no_case));
    return;
  }
  $("codes").replaceChildren(...badges(one), make("code", { class: "badge" }, one.id));
  const rows = [...(entries.get(current)?.values() ?? [])].sort((a, b) => compare(a.id, b.id));
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60 || log.dataset.case !== current;
  const nodes = [...rows.map(bubble), ...(pending.get(current) ?? []).map(waitingBubble)];
  if (log.dataset.case !== current) log.replaceChildren(...nodes);
  else merge(log, nodes);
  log.dataset.case = current;
  if (atEnd) log.scrollTop = log.scrollHeight;
  showWindow();
  if (beingNoted.get("age")?.of !== current) $("age").value = one.age;
  if (beingNoted.get("consent")?.of !== current) $("consent").checked = one.consent > 0;
  $("referral").hidden = !(one.consent > 0);
  $("referral-locked").hidden = one.consent > 0;
  $("referral").href = `/console/cases/${one.id}/referral`;
}

/* Only what differs is replaced: a screen reader then reads only what is new. */
function merge(log, nodes) {
  nodes.forEach((node, index) => {
    const before = log.children[index];
    if (!before) log.append(node);
    else if (!before.isEqualNode(node)) before.replaceWith(node);
  });
  while (log.children.length > nodes.length) log.lastChild.remove();
}

function compare(a, b) {
  const [am, as] = a.split("-").map(Number);
  const [bm, bs] = b.split("-").map(Number);
  return am - bm || as - bs;
}

function showWindow() {
  const one = theCase();
  if (!one) return;
  const closed = shut(one);
  const left = one.window ? one.window - now() : 0;
  $("window").textContent = closed || (one.window ? `${t.window_left} ${Math.floor(left / 3600)} h ${Math.floor(left / 60) % 60} min` : "");
  $("window").classList.toggle("shut", Boolean(closed));
  $("window").classList.toggle("soon", !closed && one.window > 0 && left < 3600);
  $("text").disabled = Boolean(closed);
  $("send").disabled = Boolean(closed);
}

export function insert(text) {
  const field = $("text");
  if (!theCase() || field.disabled) { tell(theCase() ? t.window_closed : t.no_case); return; }
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${text}` : text;
  document.querySelector(".views [data-view=conversation]").click();
  field.focus();
}

async function post(id, message) {
  for (;;) {
    try {
      await call(`cases/${id}/messages`, { text: message.text, id: message.id });
      break;
    } catch (error) {
      if (error.code && error.status !== 500 && error.status !== 503) {
        message.error = said(error);
        tell(message.error);
        if (id === current && !$("text").value) $("text").value = message.text;
        break;
      }
      message.waits = true;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
      if (!pending.has(id)) break;   // the case has ended meanwhile
    }
  }
  show();
}

const lines = new Map();   // one message of a case after the other
function send() {
  const text = $("text").value.trim();
  const id = current;
  if (!text || !theCase()) return;
  if (text.length > data.longest) { tell(t.bad_text); return; }
  const message = { id: [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join(""), text };
  $("text").value = "";
  (pending.get(id) ?? pending.set(id, []).get(id)).push(message);
  lines.set(id, (lines.get(id) ?? Promise.resolve()).then(() => post(id, message)));
  show();
}

function ask(dialog) {
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      if (dialog.contains(document.activeElement)) document.activeElement.blur();
      done(dialog.returnValue === "yes");
    }, { once: true });
    dialog.returnValue = "";
    dialog.showModal();
  });
}

async function act(path, body) {
  try {
    return await call(`cases/${current}/${path}`, body);
  } catch (error) {
    tell(said(error));
    return null;
  }
}

export async function transfer() {
  if (!theCase()) return;
  const others = state.operators.filter((one) => one.available && one.name !== data.name);
  $("transfer-to").replaceChildren(make("option", { value: "" }, t.transfer_queue), ...others.map((one) => make("option", { value: one.name }, one.name)));
  if (await ask($("transferring"))) await act("transfer", { to: $("transfer-to").value });
}

export async function close() {
  if (!theCase()) return;
  if (!(await ask($("closing")))) return;
  closedHere.add(current);
  if (!(await act("close", { outcome: $("outcome").value }))) closedHere.delete(current);
}

export function startConversation(changed) {
  onChange = changed;
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  $("transfer").addEventListener("click", transfer);
  $("close").addEventListener("click", close);
  $("outcome").replaceChildren(...data.outcomes.map((code) => make("option", { value: code }, t[`outcome_${code}`])));
  $("age").replaceChildren(...data.ages.map((code) => make("option", { value: code }, t[`age_${code}`])));
  $("age").addEventListener("change", () => note("age", "facts", { age: $("age").value }));
  $("consent").addEventListener("change", () => note("consent", "consent", { given: $("consent").checked }));
  setInterval(showWindow, 1000);
}

/* What an operator has just set stays as it is until the server has noted it: an update that was on
   its way before knows nothing of it. */
const beingNoted = new Map();

async function note(field, path, body) {
  const mine = { of: current };
  beingNoted.set(field, mine);
  const row = await act(path, body);
  if (beingNoted.get(field) === mine) beingNoted.delete(field);
  if (row) update(row);
  else show();
}

function update(row) {
  state.mine = state.mine.map((one) => (one.id === row.id ? row : one));
  show();
  showQueue();
}
