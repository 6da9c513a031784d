/* Leave quickly. Decides the order: the page is blank first, then the server is told to erase, then
   another page takes the place of this one in the tab and in its history. Works offline: blank needs
   no network. Shift three times, since Esc closes menus and would be pressed by mistake. */
const PRESSES = 3;
const WITHIN = 2000;

export function leave(session, conversation, exit) {
  document.documentElement.replaceChildren();
  conversation.reset(); // else it would go on sending what is in line
  session.farewell();
  try {
    window.top.location.replace(exit);
  } catch {
    location.replace(exit); // a frame that may not move its page: at least it moves itself
  }
}

/* Calls `act` when Shift alone was pressed three times in two seconds. */
export function onShifts(act) {
  let presses = [];
  window.addEventListener("keydown", (event) => {
    if (event.repeat) return;
    const now = event.timeStamp;
    presses = event.key === "Shift" ? [...presses.filter((then) => now - then < WITHIN), now] : [];
    if (presses.length >= PRESSES) act();
  }, true);
}
