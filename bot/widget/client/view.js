/* What is on the screen: builds the parts once, and shows what the conversation tells it to. Every
   text goes in as text; nothing here knows the server. */
import { withLinks } from "./links.js";
import { NAMES, TEXTS } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v6M12 7.5v.01",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 2.5 3v1.5M12 17v.01",
  page: "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
};
const MINIMISE = "M5 12h14";
export const LONGEST = 1000;
const FEW_LEFT = 200;

function make(tag, properties = {}, ...children) {
  const found = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in found) found[name] = value;
    else found.setAttribute(name, value);
  }
  found.append(...children);
  return found;
}

function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/* A button, a paragraph or a label whose words follow the language: `data-text` names them. */
function spoken(tag, key, properties = {}) {
  return make(tag, { ...properties, "data-text": key });
}

export class View {
  constructor(root, options) {
    this.page = options.position === "page";
    this.title = options.title;
    this.titled = document.title !== ""; // a frame of ours is not
    this.wide = matchMedia("(min-width: 40em) and (min-height: 26em)");
    const chosen = ICONS[options.icon] || ICONS.info;
    const button = (key, more) => spoken("button", key, { type: "button", ...more });

    this.fresh = spoken("span", "fresh", { className: "fresh", hidden: true });
    this.launcher = make("button", { type: "button", className: "launcher solid", "aria-haspopup": "dialog" }, icon(chosen), make("span", { className: "title" }), this.fresh);
    this.heading = make(this.page ? "h1" : "h2", { id: "title", className: "name", tabIndex: -1 }, icon(chosen), make("span", { className: "title" }));
    this.language = make("select");
    for (const [code, name] of Object.entries(NAMES)) {
      this.language.append(make("option", { value: code, lang: code, textContent: name }));
    }
    this.leave = button("leave", { className: "leave" });
    this.minimise = make("button", { type: "button", className: "minimise", hidden: this.page }, icon(MINIMISE));
    const languages = make("label", {}, spoken("span", "language", { className: "hidden" }), this.language);
    this.handoffText = make("p", { role: "status" });
    this.handoffChoices = make("span", {});
    this.handoff = make("div", { className: "handoff", hidden: true }, this.handoffText, this.handoffChoices);

    this.start = button("start", { className: "start solid" });
    const how = make("details", {}, spoken("summary", "history_how"), spoken("p", "history_steps"));
    this.begin = make("div", { className: "begin" },
      spoken("p", "note"), spoken("p", "leaving"), spoken("p", "history"), how, this.start,
      spoken("p", "danger", { className: "numbers" }));

    this.log = make("div", { className: "log", role: "log", tabIndex: 0, "aria-live": "polite", hidden: true });
    this.retry = button("retry");
    this.troubleText = make("p", {});
    this.trouble = make("div", { className: "trouble", role: "alert", hidden: true }, this.troubleText, this.retry);
    this.status = make("p", { className: "status", role: "status" });

    this.input = make("textarea", { id: "text", rows: 2, maxLength: LONGEST, autocomplete: "off", enterKeyHint: "send", "aria-describedby": "left" });
    this.left = make("span", { id: "left", className: "left" });
    this.form = make("form", { autocomplete: "off" },
      make("label", { htmlFor: "text" }, spoken("span", "write")), this.left,
      make("div", { className: "row" }, this.input, spoken("button", "send", { type: "submit", className: "solid" })));
    this.position = button("position");
    this.erase = button("erase");
    this.tools = make("div", { className: "tools" }, this.position, this.erase);
    this.positionYes = button("position_yes", { className: "solid" });
    this.positionNo = button("position_no");
    this.ask = make("div", { className: "ask", hidden: true }, spoken("p", "position_why"), make("div", { className: "row" }, this.positionYes, this.positionNo));
    this.writing = make("div", { hidden: true }, this.form, this.ask, this.tools);

    this.head = make("div", { className: "head" }, this.heading, languages, this.leave, this.minimise);
    this.panel = make(this.page ? "main" : "dialog", { className: "panel", "aria-labelledby": "title" },
      this.head,
      this.handoff, this.begin, this.log, this.trouble, this.status, this.writing);
    root.append(...(this.page ? [this.panel] : [this.launcher, this.panel]));
    if (this.page) this.panel.setAttribute("open", "");

    this.input.addEventListener("input", () => this.count());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.form.dispatchEvent(new Event("submit", { cancelable: true })); // older browsers too
      }
    });
    // with a keyboard on the screen, the panel is what is left of it
    window.visualViewport?.addEventListener("resize", () => this.fit());
    this.wide.addEventListener?.("change", () => {
      if (!this.page && this.panel.open) {
        this.panel.close();
        this.show();
      }
    });
  }

  say(key) {
    return TEXTS[this.code][key];
  }

  speak(code) {
    this.code = code;
    this.panel.lang = code;
    this.launcher.lang = code;
    this.language.value = code;
    const all = [...this.panel.querySelectorAll("[data-text]"), this.fresh];
    for (const one of all) one.replaceChildren(withLinks(this.say(one.dataset.text)));
    for (const one of [this.launcher, this.heading]) one.querySelector(".title").textContent = this.title || this.say("title");
    if (this.page && !this.titled) document.title = this.title || this.say("title");
    this.log.setAttribute("aria-label", this.say("conversation"));
    this.minimise.setAttribute("aria-label", this.say("minimise"));
    this.count();
  }

  /* On a small screen the panel covers the page, so the page behind cannot be reached (modal). In a
     frame that opens by itself nothing is modal: a modal takes the focus from the page around it. */
  show(focused = true) {
    this.launcher.hidden = true;
    this.fresh.hidden = true;
    if (this.page) return;
    const framed = window !== window.top && !focused;
    if (framed || this.wide.matches || !this.panel.showModal) this.panel.setAttribute("open", "");
    else this.panel.showModal();
    if (focused) (this.begin.hidden ? this.input : this.heading).focus();
  }

  fit() {
    const narrow = !this.page && !this.wide.matches && visualViewport.scale === 1;
    this.panel.style.height = narrow ? `${visualViewport.height}px` : "";
  }

  hide() {
    if (this.page) return;
    if (this.panel.close) this.panel.close();
    else this.panel.removeAttribute("open");
    this.launcher.hidden = false;
    this.launcher.focus();
  }

  started(yes) {
    this.begin.hidden = yes;
    this.log.hidden = !yes;
    this.writing.hidden = !yes;
    if (!yes) this.log.replaceChildren();
  }

  count() {
    const left = LONGEST - this.input.value.length;
    this.left.textContent = left <= FEW_LEFT ? `${this.say("left")} ${left}` : "";
  }

  /* kind: "mine", "answer", "urgent", "person" or "note". Who speaks is said to screen readers. */
  add(kind, text) {
    const who = { mine: "you", answer: "answer", urgent: "answer", person: "person" }[kind];
    const message = make("div", { className: `message ${kind}`, lang: this.code });
    if (who) message.append(make("span", { className: kind === "person" ? "mark" : "hidden", textContent: `${this.say(who)} ` }));
    message.append(kind === "mine" ? text : withLinks(text));
    this.log.append(message);
    return message;
  }

  /* The message's beginning at the top: a long answer is read from there. */
  scrollTo(message) {
    const inLog = this.log.scrollHeight > this.log.clientHeight;
    const box = inLog ? this.log : this.panel; // on a low screen all of the panel scrolls
    const above = inLog ? 8 : this.head.offsetHeight + this.handoff.offsetHeight + 8;
    box.scrollTop += message.getBoundingClientRect().top - box.getBoundingClientRect().top - above;
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  markUnsent(message, yes) {
    message.classList.toggle("unsent", yes);
    message.querySelector(".unsent-mark")?.remove();
    if (yes) message.append(make("span", { className: "mark unsent-mark", textContent: `(${this.say("unsent")})` }));
  }

  addChoices(choices, act) {
    if (!choices.length) return;
    const list = make("ul", { className: "choices" });
    for (const choice of choices) {
      const button = make("button", { type: "button", textContent: choice.title });
      button.addEventListener("click", () => act(choice));
      list.append(make("li", {}, button));
    }
    this.log.append(list);
  }

  forgetChoices() {
    const lists = this.log.querySelectorAll(".choices");
    const focused = [...lists].some((list) => list.contains(list.getRootNode().activeElement));
    for (const list of lists) list.remove();
    if (focused) this.log.focus({ preventScroll: true });
  }

  showTrouble(key) {
    const text = key ? `${this.say("danger")}\n${this.say(key)}` : "";
    if (this.trouble.dataset.said === text) return; // said once, not at every attempt
    this.trouble.dataset.said = text;
    this.trouble.hidden = !key;
    this.troubleText.replaceChildren(...text.split("\n").flatMap((line) => [withLinks(line), document.createElement("br")]));
    if (key) this.scrollToEnd(); // what waits stays in sight
  }

  /* The state stays in sight, with what ends it. */
  showHandoff(state, choices = [], act = null) {
    this.handoffState = { offered: "offered", waiting: "asked", active: "active", closed: "closed" }[state];
    this.handoff.hidden = !this.handoffState;
    this.translateHandoff();
    this.handoffChoices.replaceChildren(...choices.map((choice) => {
      const button = make("button", { type: "button", textContent: choice.title });
      button.addEventListener("click", () => act(choice));
      return button;
    }));
  }

  translateHandoff() {
    this.handoffText.textContent = this.handoffState ? this.say(this.handoffState) : "";
  }

  /* Something came without being asked for: also to be seen while the panel is closed. */
  tell(message) {
    this.scrollTo(message);
    this.fresh.hidden = this.launcher.hidden;
  }

  askPosition(yes) {
    this.ask.hidden = !yes;
    this.tools.hidden = yes;
    if (yes) this.positionYes.focus();
    else this.position.focus();
  }
}
