/* Sound and a blinking title for a new urgent case, until somebody has seen it, and never after.
   Seen: the page has the focus and is used (a key, a tap), or gets the focus. What was seen is
   remembered in this tab by case id and time of queueing: codes only. */
import { $, t, tell } from "/console/static/dom.js";

const EVERY_MS = 3000;
const KEPT = "chaski-seen";
const seen = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
let ringing = new Set();
let timer = null;
let bare = document.title;
let on = true;
let audio = null;

function context() {
  audio ??= new AudioContext();
  return audio;
}

function beep() {
  if (!on) return;
  const sound = context();
  if (sound.state === "suspended") sound.resume().catch(() => {});
  for (const [delay, pitch] of [[0, 880], [0.2, 1175], [0.4, 880]]) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.2, sound.currentTime + delay);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + delay + 0.18);
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + delay);
    tone.stop(sound.currentTime + delay + 0.2);
  }
}

function ring() {
  beep();
  document.title = document.title === bare ? `⚠ ${t.urgent_new} (${ringing.size})` : bare;
}

function rest() {
  clearInterval(timer);
  timer = null;
  document.title = bare;
}

function see() {
  if (!ringing.size || document.visibilityState !== "visible" || !document.hasFocus()) return;
  for (const key of ringing) seen.add(key);
  sessionStorage.setItem(KEPT, JSON.stringify([...seen].slice(-200)));
  ringing = new Set();
  rest();
  tell("");
}

/* Told with every picture of the desk: which urgent cases wait for this operator. */
export function urgent(cases) {
  const keys = cases.map((one) => `${one.id}:${one.queued}`);
  const fresh = keys.filter((key) => !seen.has(key));
  const isNew = fresh.some((key) => !ringing.has(key));
  ringing = new Set(fresh);
  if (!ringing.size) {
    if (timer) { rest(); tell(""); }  // somebody else has it, or the person withdrew
    return;
  }
  if (isNew) tell(t.urgent_new, true);
  if (!timer) {
    ring();
    timer = setInterval(ring, EVERY_MS);
  }
}

export function showSound() {
  const silent = on && context().state === "suspended";
  $("sound").textContent = on && !silent ? t.sound_on : t.sound_off;
  $("sound").setAttribute("aria-pressed", String(on && !silent));
  $("sound").title = silent ? t.sound_needed : "";
  $("sound").classList.toggle("needed", silent);
}

export function startRing() {
  bare = document.title;
  for (const kind of ["click", "keydown"]) {
    document.addEventListener(kind, () => {
      see();
      if (on && context().state === "suspended") context().resume().then(showSound).catch(() => {});
    }, true);
  }
  window.addEventListener("focus", see);
  $("sound").addEventListener("click", async () => {
    if (on && context().state === "suspended") await context().resume().catch(() => {});
    else on = !on;
    showSound();
  });
  context().addEventListener("statechange", showSound);
  showSound();
}
