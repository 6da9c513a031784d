/* <chaski-widget>: the element, and the script tag that puts it into a page. Decides what the tag's
   attributes mean (docs/embed.md), that there is one widget a page, that its tree is closed to the
   page's other scripts (session recorders among them), and that a page which is left is empty. */
import { accentRules } from "./colours.js";
import { Conversation } from "./conversation.js";
import { leave, onShifts } from "./leave.js";
import { Session } from "./session.js";
import { STYLE } from "./style.js";
import { TEXTS } from "./texts.js";
import { View } from "./view.js";

const NAME = "chaski-widget";
const NEUTRAL_PAGE = "https://www.google.com/";
const KEYBOARD = ["keydown", "keyup", "keypress", "input", "beforeinput", "paste", "change"];
const SCRIPT = import.meta.url;

function dress(root, rules) {
  try {
    const sheet = new CSSStyleSheet(); // allowed by a policy that forbids <style>
    sheet.replaceSync(rules);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style"); // older browsers
    style.textContent = rules;
    root.append(style);
  }
}

function neutral(address) {
  try {
    const found = new URL(address || NEUTRAL_PAGE);
    if (found.protocol === "https:" || found.protocol === "http:") return found.href;
  } catch {
    // said below
  }
  console.warn(`${NAME}: data-exit must be an https address, not ${address}`);
  return NEUTRAL_PAGE;
}

/* The language to begin with: what the site chose, else its page's, else the browser's. */
function firstLanguage(chosen) {
  const wanted = [chosen, document.documentElement.lang, ...(navigator.languages || [])];
  return wanted.map((tag) => (tag || "").slice(0, 2).toLowerCase()).find((code) => code in TEXTS) || "es";
}

class ChaskiWidget extends HTMLElement {
  connectedCallback() {
    if (this.root) return;
    if (document.querySelector(NAME) !== this) {
      console.warn(`${NAME}: this page has one already; this one stays empty.`);
      return;
    }
    const given = this.dataset;
    this.root = this.attachShadow({ mode: "closed" });
    dress(this.root, STYLE + accentRules(given.accent));
    // the page's listeners do not hear what is typed
    for (const type of KEYBOARD) this.root.addEventListener(type, (event) => event.stopPropagation());

    const keep = given.keep === "tab";
    const session = new Session(new URL(SCRIPT).origin, keep);
    const view = new View(this.root, { position: given.position, title: given.title, icon: given.icon });
    view.speak(firstLanguage(given.lang));
    const wishes = {};
    if (given.region) wishes.region = given.region;
    if (given.site) wishes.site = given.site;
    const conversation = new Conversation(view, session, wishes);

    let left = false;
    let listening = false;
    const go = () => {
      left = true;
      leave(session, conversation, neutral(given.exit));
    };
    const open = (asked) => {
      if (!listening) onShifts(go);
      listening = true;
      view.show(asked);
    };
    view.launcher.addEventListener("click", () => open(true));
    view.minimise.addEventListener("click", () => view.hide());
    view.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") view.hide();
    });
    view.panel.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape in a modal: as above
      view.hide();
    });
    view.leave.addEventListener("click", go);
    if (session.token) conversation.resume();
    if (view.page || given.open === "open") open(false); // the page keeps the focus

    // A page that goes takes the conversation along, also from the memory that "back" shows again.
    window.addEventListener("pagehide", () => {
      if (keep && !left) return;
      session.farewell();
      conversation.reset();
    });
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      conversation.reset();
      if (left) document.documentElement.replaceChildren();
      else if (session.token) conversation.resume();
    });
  }
}

if (customElements.get(NAME)) {
  console.warn(`${NAME}: the script is in this page twice; once is enough.`);
} else {
  customElements.define(NAME, ChaskiWidget);
  const tags = [...document.querySelectorAll("script[src]")].filter((one) => one.src === SCRIPT);
  if (tags.length > 1) console.warn(`${NAME}: the script is in this page twice; the first tag counts.`);
  if (tags.length && !document.querySelector(NAME)) {
    const element = document.createElement(NAME);
    Object.assign(element.dataset, tags[0].dataset);
    if (element.dataset.position === "page") tags[0].after(element);
    else document.body.append(element);
  }
}
