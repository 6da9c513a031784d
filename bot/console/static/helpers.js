/* What an operator looks up: Chaski's answers in both languages, offices, lines, documents. */
import { $, call, data, make, said, t } from "/console/static/dom.js";
import { insert } from "/console/static/conversation.js";

const TABS = ["answers", "offices", "lines", "documents"];
const PAUSE_MS = 250;
let language = data.language;
let timer;

export function select(name, focus = false) {
  for (const tab of TABS) {
    const chosen = tab === name;
    $(`tab-${tab}`).setAttribute("aria-selected", String(chosen));
    $(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    $(`panel-${tab}`).hidden = !chosen;
  }
  if (name === "lines") lines();
  if (!focus) return;
  document.querySelector(".views [data-view=helpers]").click();
  ($(`panel-${name}`).querySelector("input") ?? $(`tab-${name}`)).focus();
}

function both(one, extra) {
  return make("article", { class: "answer" },
    make("h3", {}, one.title ?? ""),
    make("div", { class: "pair" },
      make("p", { lang: language, dir: "auto" }, one.text),
      language === data.language ? null : make("p", { lang: data.language, class: "operators" }, one.operators)),
    make("div", { class: "foot" },
      make("button", { title: t.use_hint, "aria-label": `${t.use}: ${one.title ?? ""}`, onclick: () => insert(one.text) }, t.use),
      extra ? make("span", { class: "note" }, extra) : null));
}

function failed(place, error) {
  $(place).replaceChildren(make("p", { class: "note" }, said(error)));
}

async function answers() {
  try {
    const { answers: found } = await call("answers", { query: $("answers-query").value, language });
    $("answers-found").replaceChildren(...(found.length ? found.map((one) => both(one, `${t.source}: ${one.source}`)) : [make("p", { class: "note" }, t.nothing_found)]));
  } catch (error) { failed("answers-found", error); }
}

async function offices(place = $("offices-place").value) {
  if (!place.trim()) return;
  try {
    const found = await call("offices", { place, service: $("offices-service").value, language });
    if (found.candidates?.length) {
      $("offices-found").replaceChildren(make("p", {}, t.which_place), ...found.candidates.map((one) =>
        make("button", { onclick: () => offices(one.code) }, one.name)));
    } else if (found.text) {
      $("offices-found").replaceChildren(both({ ...found, title: found.place }));
    } else {
      $("offices-found").replaceChildren(make("p", { class: "note" }, t.nothing_found));
    }
  } catch (error) { failed("offices-found", error); }
}

async function lines() {
  try {
    const { lines: found } = await call("lines");
    $("lines-found").replaceChildren(...found.map((one) => make("li", { class: one.open ? "on" : "" },
      make("strong", {}, one.number), ` ${one.name}`,
      make("span", { class: one.open ? "badge open" : "badge" }, one.open ? t.open : t.closed),
      make("span", { class: "note" }, one.open ? one.hours : `${one.hours}. ${one.now}`))));
  } catch (error) { failed("lines-found", error); }
}

async function documents() {
  const query = $("documents-query").value;
  if (!data.documents) { $("documents-found").replaceChildren(make("p", { class: "note" }, t.documents_off)); return; }
  if (!query.trim()) return;
  try {
    const { passages, ready } = await call("passages", { query });
    const none = make("p", { class: "note" }, ready ? t.nothing_found : t.documents_reading);
    $("documents-found").replaceChildren(...(passages.length ? passages.map((one) => make("article", { class: "answer" },
      make("h3", {}, one.heading || one.file), make("blockquote", {}, one.text), make("p", { class: "note" }, one.file))) : [none]));
  } catch (error) { failed("documents-found", error); }
}

/* The chosen case has changed: texts are wanted in its person's language, offices near it. */
export function forCase(one) {
  language = one?.language ?? data.language;
  $("offices-place").value = "";
  $("offices-found").replaceChildren();
  answers();
  if (one?.district) {
    $("offices-place").value = one.place;
    offices(one.district);
  }
}

export function startHelpers() {
  for (const tab of TABS) $(`tab-${tab}`).addEventListener("click", () => select(tab));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = TABS.findIndex((tab) => $(`tab-${tab}`).getAttribute("aria-selected") === "true");
    const next = TABS[(index + step + TABS.length) % TABS.length];
    select(next);
    $(`tab-${next}`).focus();
  });
  $("answers-query").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(answers, PAUSE_MS); });
  for (const [panel, search] of [["answers", answers], ["offices", () => offices()], ["documents", documents]]) {
    $(`panel-${panel}`).querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  }
  $("offices-service").addEventListener("change", () => offices());
  if (!data.documents) documents();
  answers();
}
