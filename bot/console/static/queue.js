/* The queue, one's own cases, and who is on duty. Codes only. */
import { $, call, clock, data, make, now, said, t, tell } from "/console/static/dom.js";

export const state = { queue: [], mine: [], operators: [], unread: new Map() };
let open = () => {};
let chosen = () => null;
let changed = () => {};

export function badges(one) {
  const place = one.place || t.place_unknown;
  const cues = one.cues.map((cue) => t[`cue_${cue}`] ?? cue);
  return [
    make("span", { class: `level ${one.level}` }, t[`level_${one.level}`]),
    make("span", { class: one.age === "minor" ? "badge minor" : "badge" }, t[`age_${one.age}`]),
    make("span", { class: "badge" }, data.languages[one.language] ?? one.language),
    make("span", { class: "badge" }, t[`channel_${one.channel}`]),
    make("span", { class: "badge" }, place),
    ...cues.map((cue) => make("span", { class: "badge cue" }, cue)),
  ];
}

/* A case that was just taken is ours, even if a picture that was made before comes after. */
const LATE_MS = 3000;
const fresh = new Map();
let last = { queue: [], mine: [], operators: [] };
function taken(row) {
  if (last.mine.some((one) => one.id === row.id)) return;  // the picture was faster
  fresh.set(row.id, row);
  picture(last);
  setTimeout(() => { if (fresh.delete(row.id)) changed(); }, LATE_MS);
}

export function picture(found) {
  last = found;
  for (const id of [...fresh.keys()]) if (found.mine.some((one) => one.id === id)) fresh.delete(id);
  Object.assign(state, {
    queue: found.queue.filter((one) => !fresh.has(one.id)),
    mine: [...found.mine, ...fresh.values()],
    operators: found.operators,
  });
}

/* The order of the queue, as the store has it: urgent first; the first of each origin, then the
   second of each; then oldest. */
const BEHIND = 1e10;
const LATER = 1e14;
function ordered(cases) {
  const score = (one) => one.opened + (one.level === "urgent" ? 0 : LATER);
  const before = new Map();
  return [...cases].sort((a, b) => score(a) - score(b)).map((one) => {
    const nth = one.group ? before.get(one.group) ?? 0 : 0;
    before.set(one.group, nth + 1);
    return [score(one) + nth * BEHIND, one];
  }).sort(([a], [b]) => a - b).map(([, one]) => one);
}

/* The picture after a change that the stream told. */
export function changedPicture(change) {
  const rows = new Map(last.queue.map((one) => [one.id, one]));
  for (const id of change.removed) rows.delete(id);
  for (const one of change.changed) rows.set(one.id, one);
  return { queue: ordered([...rows.values()]), mine: change.mine, operators: change.operators, now: change.now };
}

/* Waiting cases of one origin are one line that can be opened. */
const opened = new Set();
function group(one) { return one.group ? state.queue.filter((other) => other.group === one.group) : [one]; }
function lines() {
  const seen = new Set();
  return state.queue.filter((one) => {
    if (!one.group || opened.has(one.group) || !seen.has(one.group)) { seen.add(one.group); return true; }
    return false;
  });
}

async function closeGroup(one) {
  const cases = group(one).map((other) => other.id);
  if (!confirm(t.close_group_sure.replace("{count}", cases.length))) return;
  try { await call("close_waiting", { cases, outcome: "not_ours" }); } catch (error) { tell(said(error)); }
}

function groupFoot(one) {
  const all = group(one);
  if (all.length < 2 || all[0].id !== one.id) return null;
  const toggle = () => { if (!opened.delete(one.group)) opened.add(one.group); show(); };
  return make("div", { class: "foot group" },
    make("button", { "aria-expanded": String(opened.has(one.group)), onclick: toggle }, t.same_origin.replace("{count}", all.length - 1)),
    data.role === "supervisor" ? make("button", { onclick: () => closeGroup(one) }, t.close_group) : null);
}

export async function claim(one) {
  try {
    taken(await call(`cases/${one.id}/claim`, {}));
    open(one.id);
  } catch (error) {
    tell(said(error));
  }
}

/* Whether a case waits for a colleague alone. */
export function held(one) {
  return Boolean(one.reserved) && one.reserved !== data.name && one.reserved_until > now();
}

function waitingRow(one) {
  return make("li", { class: `case ${one.level}`, "data-case": one.id },
    make("div", { class: "badges" }, ...badges(one)),
    make("div", { class: "foot" },
      make("span", { class: "waits" }, `${t.waits} `, make("time", { "data-since": one.queued }, clock(now() - one.queued))),
      one.reserved && one.reserved_until > now()
        ? make("span", { class: "badge" }, held(one) ? `${t.reserved_for} ${one.reserved}` : t.reserved_for_you) : null,
      make("button", { class: "main", disabled: held(one), onclick: () => claim(one), "aria-label": `${t.claim_case}: ${t[`level_${one.level}`]}, ${data.languages[one.language] ?? one.language}` }, t.claim)),
    groupFoot(one));
}

function mineRow(one, index) {
  const unread = state.unread.get(one.id) ?? 0;
  return make("li", { class: `case ${one.level}`, "data-case": one.id },
    make("button", { class: "pick", "aria-current": chosen() === one.id ? "true" : false, onclick: () => open(one.id) },
      make("span", { class: "badges" }, make("kbd", { "aria-hidden": "true" }, String(index + 1)), ...badges(one)),
      unread ? make("strong", { class: "unread" }, `${unread} ${t.unread}`) : null));
}

/* A row stays the same element until what it shows has changed: a click in the middle of a change
   still lands, focus and a screen reader's place stay. */
function fill(list, cases, row, extra, empty) {
  const kept = new Map([...list.children].map((node) => [node.dataset.shows, node]));
  const nodes = cases.map((one, index) => {
    const shows = JSON.stringify([one, index, extra(one)]);
    const node = kept.get(shows) ?? row(one, index);
    node.dataset.shows = shows;
    return node;
  });
  if (!nodes.length) nodes.push(make("li", { class: "note" }, empty));
  const focused = document.activeElement?.closest?.("[data-case]");
  const lost = focused && list.contains(focused) && !nodes.includes(focused) ? focused.dataset.case : null;
  nodes.forEach((node, index) => { if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null); });
  while (list.children.length > nodes.length) list.lastChild.remove();
  if (lost) list.querySelector(`[data-case="${CSS.escape(lost)}"] button`)?.focus();
}

export function show() {
  fill($("waiting"), lines(), waitingRow, (one) => [one.reserved_until > now(), group(one).length, group(one)[0].id === one.id, opened.has(one.group)], t.queue_empty);
  fill($("mine"), state.mine, mineRow, (one) => [state.unread.get(one.id) ?? 0, chosen() === one.id], t.mine_empty);
  $("team").replaceChildren(...(state.operators.length ? state.operators : []).map((one) => make("li", {},
    make("span", { class: one.available ? "dot on" : "dot", "aria-hidden": "true" }), one.name === data.name ? `${one.name} (${t.you.toLowerCase()})` : one.name,
    make("span", { class: "note" }, ` ${one.available ? t.available : t.paused} · ${t.cases}: ${one.cases}`))));
  $("queue-count").textContent = state.queue.length || "";
  const unread = [...state.unread.values()].reduce((sum, count) => sum + count, 0);
  $("unread-count").textContent = unread || "";
}

export function startQueue(opening, choosing, changing) {
  changed = () => { picture(last); changing(); };
  open = opening;
  chosen = choosing;
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-since]")) time.textContent = clock(now() - Number(time.dataset.since));
  }, 1000);
}
