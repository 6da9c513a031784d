/* The conversation: what is sent, in order, until the server has it. Decides that nothing typed is
   lost (a message waits in line, with its id, and is tried again when the network is back), that
   nothing is doubled, and that the person is always told how it stands (law 5). */
import { Events } from "./events.js";
import { Failure, newId } from "./session.js";

const SLOW = 4000;
const WAITS = [2000, 4000, 8000, 15000];
const LINGER = 5000;
const POSITION_PATIENCE = 15000;

export class Conversation {
  constructor(view, session, wishes) {
    Object.assign(this, { view, session, wishes, line: [], running: false, failures: 0, wake: null, state: "none" });
    this.events = new Events(session, (name, data) => this.happened(name, data));
    view.start.addEventListener("click", () => this.start());
    view.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.write();
    });
    view.language.addEventListener("change", () => this.changeLanguage(view.language.value));
    view.retry.addEventListener("click", () => this.tryNow());
    view.erase.addEventListener("click", () => this.erase());
    view.position.addEventListener("click", () => view.askPosition(true));
    view.positionNo.addEventListener("click", () => view.askPosition(false));
    view.positionYes.addEventListener("click", () => this.sharePosition());
    window.addEventListener("online", () => this.tryNow());
  }

  start() {
    this.view.started(true);
    this.view.log.focus({ preventScroll: true });
    this.put({ begin: true });
  }

  /* After a reload, where the site keeps the token for the tab. */
  resume() {
    this.view.started(true);
    this.view.add("note", this.view.say("resumed"));
    this.events.start(this.view.code);
  }

  reset() {
    this.line = [];
    this.events.stop();
    this.events.last = "";
    clearTimeout(this.lingering);
    this.view.started(false);
    this.view.input.value = "";
    this.view.count();
    this.view.showTrouble("");
    this.state = "none";
    this.view.showHandoff("none");
    this.view.status.textContent = "";
    this.wake?.();
  }

  write() {
    const text = this.view.input.value.trim();
    if (!text) return;
    this.view.input.value = "";
    this.view.count();
    this.say({ text }, text);
  }

  say(message, shown) {
    const bubble = this.view.add("mine", shown);
    this.view.scrollToEnd();
    this.put({ message: { ...message, id: newId() }, bubble, shown });
  }

  put(job) {
    this.line.push(job);
    this.tryNow();
    this.work();
  }

  tryNow() {
    this.wake?.();
  }

  async work() {
    if (this.running) return;
    this.running = true;
    while (this.line.length) {
      const job = this.line[0];
      try {
        const answer = await this.deliver(job);
        if (this.line[0] !== job) continue; // erased meanwhile
        this.line.shift();
        this.recovered(job);
        this.take(answer);
      } catch (failure) {
        if (this.line[0] === job) await this.bear(failure, job);
      }
    }
    this.running = false;
  }

  async deliver(job) {
    const { view, session } = this;
    view.status.textContent = view.say("waiting");
    const alarm = setTimeout(() => { view.status.textContent = view.say("slow"); }, SLOW);
    try {
      if (job.begin) return await session.begin({ ...this.wishes, language: view.code });
      if (!session.token) throw new Failure("ended");
      return await session.send(job.message, view.code);
    } finally {
      clearTimeout(alarm);
      view.status.textContent = "";
    }
  }

  recovered(job) {
    const { view } = this;
    if (job.bubble) view.markUnsent(job.bubble, false);
    if (this.failures) view.status.textContent = view.say("back");
    this.failures = 0;
    view.showTrouble("");
  }

  /* What becomes of a message that did not arrive, or was not taken. */
  async bear(failure, job) {
    const { view } = this;
    const kind = failure instanceof Failure ? failure.kind : "gone";
    if (kind === "ended") {
      view.add("note", view.say("ended"));
      if (job.message?.choice) this.line.shift(); // a button of the ended conversation
      this.line.unshift({ begin: true });
    } else if (kind === "refused") {
      this.line.shift();
      if (job.bubble) view.markUnsent(job.bubble, true);
      if (job.message?.text && !view.input.value) view.input.value = job.shown;
      view.scrollTo(view.add("urgent", failure.said || `${view.say("danger")} ${view.say("gone")}`));
    } else {
      if (job.bubble) view.markUnsent(job.bubble, true);
      view.showTrouble(kind === "offline" ? "offline" : "gone");
      if (failure.said) view.status.textContent = failure.said;
      const wait = failure.seconds * 1000 || WAITS[Math.min(this.failures, WAITS.length - 1)];
      this.failures += 1;
      await this.pause(wait);
    }
  }

  pause(wait) {
    return new Promise((resolve) => {
      const alarm = setTimeout(resolve, wait);
      this.wake = () => {
        clearTimeout(alarm);
        resolve();
      };
    });
  }

  take(answer) {
    const { view } = this;
    view.forgetChoices();
    if (answer.language !== view.code) view.speak(answer.language);
    let first = null;
    for (const reply of answer.replies) {
      const message = view.add(answer.urgency === "urgent" ? "urgent" : "answer", reply.text);
      first = first || message;
      view.addChoices(reply.choices, (choice) => this.choose(choice));
    }
    if (first) view.scrollTo(first);
    if (answer.handoff !== this.state) this.handoff(answer.handoff);
  }

  choose(choice) {
    this.view.forgetChoices();
    this.say({ choice: choice.id }, choice.title);
  }

  /* "waiting" and "active" are when a person may write: then the stream is open. It stays open a
     little longer, since what was said last comes after the state that a stream begins with. */
  handoff(state, choices = []) {
    this.state = state;
    this.view.showHandoff(state, choices, (choice) => this.choose(choice));
    clearTimeout(this.lingering);
    if (state === "waiting" || state === "active") this.events.start(this.view.code);
    else this.lingering = setTimeout(() => this.events.stop(), LINGER);
  }

  happened(name, data) {
    const { view } = this;
    if (name === "end") {
      this.session.hold(null);
      this.reset();
      view.status.textContent = view.say("ended_there");
      return;
    }
    if (data.text) view.tell(view.add(name === "message" ? "person" : "note", data.text));
    if (name === "handoff") this.handoff(data.handoff, data.choices);
  }

  /* Before the start, and while a person reads along, only the widget's own words change. */
  changeLanguage(code) {
    const { view } = this;
    view.speak(code);
    view.translateHandoff();
    if (!view.begin.hidden || this.state === "active") return;
    const name = view.language.selectedOptions[0].textContent;
    this.say({ text: name }, name);
  }

  sharePosition() {
    const { view } = this;
    view.askPosition(false);
    view.status.textContent = view.say("waiting");
    const failed = () => { view.status.textContent = view.say("position_failed"); };
    if (!navigator.geolocation) {
      failed();
      return;
    }
    const near = (degrees) => Math.round(degrees * 1000) / 1000; // a hundred metres: enough for a district
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.say({ location: { lat: near(coords.latitude), lon: near(coords.longitude) } }, view.say("position_sent")),
      failed,
      { maximumAge: 0, timeout: POSITION_PATIENCE },
    );
  }

  async erase() {
    const { view } = this;
    view.erase.disabled = true;
    try {
      await this.session.erase(view.code);
      this.reset();
      view.status.textContent = view.say("erased");
      view.start.focus();
    } catch (failure) {
      view.status.textContent = failure.said || view.say("not_erased");
    } finally {
      view.erase.disabled = false;
    }
  }
}
