/* /embed: the options become a tag, a frame and a live preview; the counts are shown for a key. */
import { TEXTS } from "/embed/texts.js";

const element = (id) => document.getElementById(id);
const form = element("options");
let language = navigator.language.startsWith("es") ? "es" : "en";
let offered = null;
let counted = null;

const words = () => TEXTS[language];

function speak() {
  document.documentElement.lang = language;
  document.title = words().heading;
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = words()[one.dataset.text];
  const other = language === "es" ? "en" : "es";
  element("other").textContent = TEXTS[other].name;
  element("other").lang = other;
  element("preview").title = words().preview;
  showCounts();
}

/* What was chosen; a field that is not filled in as asked is left out until it is. */
function chosen() {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || !field.validity.valid) continue;
    if (field.type === "checkbox" ? field.checked : field.value.trim()) found[field.name] = field.value.trim();
  }
  return found;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}

function show() {
  if (!offered) return;
  const options = chosen();
  const origin = offered.origin || location.origin;
  const data = Object.entries(options).map(([name, value]) => ` data-${name}="${escaped(value)}"`).join("");
  const pinned = element("pinned").checked;
  const source = pinned
    ? `${origin}${offered.script}" integrity="${offered.integrity}" crossorigin="anonymous`
    : `${origin}/widget.js`;
  element("tag").value = `<script type="module" src="${source}"${data}></${"script"}>`;
  element("policy").value = `script-src ${origin}; connect-src ${origin}`;

  const framed = new URLSearchParams(options);
  for (const useless of ["position", "open"]) framed.delete(useless);
  const query = framed.size ? `?${framed}` : "";
  const title = escaped(options.title || words().frame_title);
  element("frame").value = `<iframe src="${escaped(`${origin}/widget/frame${query}`)}" title="${title}" `
    + 'allow="geolocation" referrerpolicy="no-referrer" width="400" height="640" style="border:0;max-width:100%"></iframe>';

  const shown = new URLSearchParams({ ...options, open: "open" });
  shown.delete("site"); // a trial is not counted
  const address = `/embed/preview?${shown}`;
  if (element("preview").getAttribute("src") !== address) element("preview").src = address;
}

function table(caption, heads, rows) {
  const found = document.createElement("table");
  found.createCaption().textContent = caption;
  const head = found.createTHead().insertRow();
  for (const text of heads) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = text;
    head.append(cell);
  }
  const body = found.createTBody();
  for (const [name, ...values] of rows) {
    const row = body.insertRow();
    const cell = document.createElement("th");
    cell.scope = "row";
    cell.textContent = name;
    row.append(cell);
    for (const value of values) row.insertCell().textContent = value;
  }
  return found;
}

function showCounts() {
  if (!counted) return;
  const tables = [table(words().by_day, [words().day, words().sessions, words().messages],
    counted.days.map((day) => [day.date, day.sessions, day.messages]))];
  for (const group of ["topic", "language", "urgency", "handoff"]) {
    tables.push(table(words()[group], [words().code_name, words().count],
      counted[group].map((row) => [row.code, row.count])));
  }
  element("counts").replaceChildren(...tables);
  element("counts-status").textContent = counted.days.length ? counted.site : words().no_counts;
}

async function askCounts(event) {
  event.preventDefault();
  counted = null;
  element("counts").replaceChildren();
  element("counts-status").textContent = words().one_moment;
  try {
    const response = await fetch("/embed/counts", { headers: { Authorization: `Bearer ${element("key").value.trim()}` } });
    if (response.status === 401) {
      element("counts-status").textContent = words().wrong_key;
      return;
    }
    if (!response.ok) throw new Error(response.status);
    counted = await response.json();
    showCounts();
  } catch {
    element("counts-status").textContent = words().unreachable;
  }
}

async function copy(id) {
  try {
    await navigator.clipboard.writeText(element(id).value);
    element("copied").textContent = words().copied;
  } catch {
    element(id).select(); // then by hand
    element("copied").textContent = words().copy_by_hand;
  }
}

element("other").addEventListener("click", () => {
  language = language === "es" ? "en" : "es";
  speak();
  show();
});
element("own-accent").addEventListener("change", (event) => {
  form.elements.accent.disabled = !event.target.checked;
  show();
});
element("pinned").addEventListener("change", show);
form.addEventListener("change", show);
form.addEventListener("submit", (event) => event.preventDefault());
element("counts-form").addEventListener("submit", askCounts);
for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => copy(button.dataset.copies));
}

speak();
try {
  offered = await (await fetch("/embed/options")).json();
  for (const [code, name] of Object.entries(offered.languages)) form.elements.lang.add(new Option(name, code));
  for (const { code, name } of offered.regions) form.elements.region.add(new Option(name, code));
  show();
} catch {
  element("copied").textContent = words().unreachable;
}
