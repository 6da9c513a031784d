/* Small helpers: elements by id, elements made, calls with the CSRF token, the page's texts. */

export const data = JSON.parse(document.getElementById("data").textContent);
export const t = data.t;
export const $ = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

/* Calls the desk. An error of the desk carries its code; one of the line has none. */
export async function call(path, body, method = body === undefined ? "GET" : "POST") {
  const options = { method, headers: { "X-CSRF-Token": data.csrf }, credentials: "same-origin" };
  if (body !== undefined) options.body = JSON.stringify(body);
  const response = await fetch(`/console/api/${path}`, options);
  const found = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.status === 401) location.assign("/console/login");
  if (!response.ok) throw Object.assign(new Error(found.error?.code ?? "failed"), { code: found.error?.code ?? "failed", status: response.status });
  return found;
}

export function said(error) {
  return (error.code && t[error.code]) || (error.code ? t.failed : t.connection_lost);
}

let alertTimer;
export function tell(text, lasting = false) {
  const place = $("alert");
  place.textContent = text;
  place.hidden = !text;
  clearTimeout(alertTimer);
  if (text && !lasting) alertTimer = setTimeout(() => { place.hidden = true; place.textContent = ""; }, 8000);
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/* The server's clock, since an office computer's may be wrong. */
let ahead = 0;
export function setClock(now) { ahead = now - Date.now() / 1000; }
export function now() { return Date.now() / 1000 + ahead; }
