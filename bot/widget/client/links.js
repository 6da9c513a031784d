/* Text becomes text nodes and links, never HTML: phone numbers that can be called (with spaces,
   which are easier to read and are read out in groups), web pages and e-mail addresses. */
const LINKS = new RegExp(
  [
    "(https?://[^\\s<>\"']+[\\w/])",
    "([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)",
    "(^|[^\\d-])(0800-\\d\\d-\\d{3}|\\(0\\d\\d?\\) ?\\d{3}-\\d{3,4}|\\d{3} \\d{3} \\d{3}|1(?:00|05|06|13|16|810|818|884))(?![\\d-])",
  ].join("|"),
  "g",
);

function link(address, shown) {
  const found = document.createElement("a");
  found.href = address;
  found.textContent = shown;
  if (address.startsWith("http")) {
    found.target = "_blank";
    found.rel = "noopener noreferrer";
  }
  return found;
}

export function withLinks(text) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    const [whole, page, mail, before, phone] = match;
    fragment.append(text.slice(end, match.index), before || "");
    if (page) fragment.append(link(page, page));
    else if (mail) fragment.append(link(`mailto:${mail}`, mail));
    else fragment.append(link(`tel:${phone.replace(/\D/g, "")}`, phone.replace(/-/g, "\u00a0")));
    end = match.index + whole.length;
  }
  fragment.append(text.slice(end));
  return fragment;
}
