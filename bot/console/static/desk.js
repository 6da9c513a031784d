/* The desk: one live stream, presence, keys. The heartbeat answers the server's beat, since
   browsers slow the timers of hidden pages. */
import { $, call, data, make, setClock, t, tell } from "/console/static/dom.js";
import * as conversation from "/console/static/conversation.js";
import * as helpers from "/console/static/helpers.js";
import * as queue from "/console/static/queue.js";
import { startRing, urgent } from "/console/static/ring.js";

let available = data.role === "operator";
let keysOn = true;

async function beat() {
  try { await call("heartbeat", { available }); } catch { /* the stream says that the line is down */ }
}

function showAvailable() {
  $("available").textContent = available ? `● ${t.available}` : `○ ${t.paused}`;
  $("available").setAttribute("aria-pressed", String(available));
}

function toggleAvailable() {
  available = !available;
  showAvailable();
  beat();
}

function take(picture) {
  setClock(picture.now);
  queue.picture(picture);
  queue.show();
  conversation.forgetEnded();
  urgent(available ? picture.queue.filter((one) => one.level === "urgent" && (!one.reserved || one.reserved === data.name || one.reserved_until < picture.now)) : []);
}

function listen() {
  const stream = new EventSource("/console/api/events");
  const on = (name, act) => stream.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("desk", take);
  on("change", (change) => take(queue.changedPicture(change)));
  on("entry", conversation.take);
  on("beat", beat);
  on("signed_out", () => { stream.close(); location.assign("/console/login"); });
  stream.addEventListener("open", () => { $("connection").textContent = ""; beat(); });
  stream.addEventListener("error", () => {
    $("connection").textContent = t.connection_lost;
    if (stream.readyState === EventSource.CLOSED) setTimeout(reopen, 2000);  // refused: signed out, or a proxy's error
  });
}

async function reopen() {
  try { await call("desk"); } catch { /* not back yet; a 401 leads to the sign-in */ }
  listen();
}

function view(name) {
  document.querySelector(".rooms").dataset.view = name;
  for (const button of document.querySelectorAll(".views button")) button.setAttribute("aria-pressed", String(button.dataset.view === name));
}

const KEYS = {
  n: ["key_next", () => {
    const first = queue.state.queue.find((one) => !queue.held(one));
    if (first) queue.claim(first);
  }],
  q: ["key_queue", () => { view("queue"); ($("waiting").querySelector("button:not([disabled])") ?? $("queue-title")).focus(); }],
  m: ["key_write", () => { view("conversation"); $("text").focus(); }],
  a: ["key_answers", () => helpers.select("answers", true)],
  o: ["key_offices", () => helpers.select("offices", true)],
  l: ["key_lines", () => helpers.select("lines", true)],
  d: ["key_documents", () => helpers.select("documents", true)],
  t: ["key_transfer", () => conversation.transfer()],
  x: ["key_close", () => conversation.close()],
  p: ["key_pause", toggleAvailable],
  "?": ["key_help", () => $("shortcuts").showModal()],
};

function typing(node) {
  return node.closest?.("input:not([type=checkbox]), textarea, select, dialog[open]") != null && node.checkVisibility();
}

function startKeys() {
  const rows = [...Object.entries(KEYS).map(([key, [name]]) => [key, t[name]]), ["1–9", t.key_mine], ["Enter", t.key_send], ["Esc", t.key_escape]];
  $("keys").replaceChildren(...rows.flatMap(([key, name]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, name)]));
  $("keys-on").addEventListener("change", () => { keysOn = $("keys-on").checked; });
  $("help").addEventListener("click", () => $("shortcuts").showModal());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) { event.target.blur(); return; }
    if (!keysOn && event.key !== "?") return;
    if (typing(event.target)) return;
    const mine = queue.state.mine[Number(event.key) - 1];
    if (/^[1-9]$/.test(event.key)) { if (mine) { event.preventDefault(); conversation.open(mine.id); } return; }
    const known = KEYS[event.key];
    if (known) { event.preventDefault(); known[1](); }
  });
}

queue.startQueue(conversation.open, conversation.chosen, () => { queue.show(); conversation.forgetEnded(); });
conversation.startConversation(helpers.forCase);
helpers.startHelpers();
startRing();
startKeys();
showAvailable();
$("available").addEventListener("click", toggleAvailable);
for (const button of document.querySelectorAll(".views button")) button.addEventListener("click", () => view(button.dataset.view));
$("alert").addEventListener("click", () => tell(""));
listen();
