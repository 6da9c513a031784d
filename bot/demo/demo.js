/* The demo page: the web channel's contract, used as plainly as possible.
   The session's token lives in memory only: closing the page ends it. */
import { TEXTS } from "/demo/texts.js";

const BASE = "/webhooks/web";
const PATIENCE_MS = 15000;
const PHONE = /(?<![\d-])(0800-\d\d-\d{3}|\(01\) \d{3}-\d{4}|\d{3} \d{3} \d{3}|18(?:18|84|10)|1(?:00|05|06|13|16))(?![\d-])/g;

const element = (id) => document.getElementById(id);
const conversation = element("conversation");
const input = element("text");
let token = null;
let language = "es";
let waiting = false;

function words() {
  return TEXTS[language] ?? TEXTS.es;
}

function show_language(code) {
  language = code;
  document.documentElement.lang = code;
  element("language").value = code;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = words()[node.dataset.text];
  conversation.setAttribute("aria-label", words().conversation);
}

function with_links(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(PHONE)) {
    fragment.append(text.slice(end, match.index));
    const link = document.createElement("a");
    link.href = `tel:${match[0].replace(/\D/g, "")}`;
    link.textContent = match[0];
    fragment.append(link);
    end = match.index + match[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

function add(text, mine, urgent = false) {
  const message = document.createElement("div");
  message.className = `message${mine ? " mine" : ""}${urgent ? " urgent" : ""}`;
  message.append(mine ? text : with_links(text));
  conversation.append(message);
  return message;
}

function add_choices(choices) {
  if (!choices.length) return;
  const list = document.createElement("ul");
  list.className = "choices";
  for (const choice of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.title;
    button.addEventListener("click", () => send({ choice: choice.id }, choice.title));
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
  conversation.append(list);
}

function forget_choices() {
  for (const list of conversation.querySelectorAll(".choices")) list.remove();
}

function take(answer) {
  forget_choices();
  let first = null;
  for (const reply of answer.replies) {
    const message = add(reply.text, false, answer.urgency === "urgent");
    first ??= message;
    add_choices(reply.choices);
  }
  show_language(answer.language);
  first?.scrollIntoView({ block: "start" });
}

async function call(path, options) {
  const headers = { "Accept-Language": language, ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(BASE + path, {
    ...options, headers, credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const body = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw Object.assign(new Error(body.error.code), { said: body.error.message, status: response.status });
  return body;
}

async function begin(code) {
  const answer = await call("/sessions", { method: "POST", body: JSON.stringify(code ? { language: code } : {}) });
  token = answer.token;
  take(answer);
}

async function send(message, shown) {
  if (waiting) return;
  waiting = true;
  const mine = add(shown, true);
  mine.scrollIntoView({ block: "end" });
  element("status").textContent = words().waiting;
  try {
    if (!token) await begin(language);
    take(await call("/messages", { method: "POST", body: JSON.stringify(message) }));
    if (message.text) input.value = "";
    element("status").textContent = "";
  } catch (error) {
    if (error.status === 401) token = null;
    element("status").textContent = "";
    add(error.said ?? words().unreachable, false, true);
  } finally {
    waiting = false;
    input.focus();
  }
}

element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text) send({ text }, text);
});

input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    element("form").requestSubmit();
  }
});

element("language").addEventListener("change", (event) => {
  const code = event.target.value;
  send({ text: event.target.selectedOptions[0].textContent }, event.target.selectedOptions[0].textContent);
  show_language(code);
});

element("position").addEventListener("click", () => {
  element("status").textContent = words().position_why;
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => send({ location: { lat: coords.latitude, lon: coords.longitude } }, words().position_sent),
    () => { element("status").textContent = words().position_no; },
    { maximumAge: 0, timeout: PATIENCE_MS },
  );
});

element("erase").addEventListener("click", async () => {
  try {
    if (token) await call("/sessions", { method: "DELETE" });
    token = null;
    conversation.replaceChildren();
    element("status").textContent = words().erased;
  } catch (error) {
    element("status").textContent = error.said ?? words().unreachable;
  }
});

const known = navigator.languages.map((tag) => tag.slice(0, 2)).find((code) => code in TEXTS) ?? "es";
show_language(known);
begin(known).catch((error) => add(error.said ?? words().unreachable, false, true));
