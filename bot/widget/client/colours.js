/* The site's accent colour, kept readable: whatever is chosen, text on it and in it has the
   contrast of WCAG AA (4.5 : 1), on light and on dark paper. */
const READABLE = 5; // a little more than 4.5, for the grounds beside the paper
const PAPERS = { light: [255, 255, 255], dark: [29, 35, 38] };
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

function parse(value) {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(value);
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(value);
  const found = short || long;
  return found && found.slice(1).map((part) => parseInt(short ? part + part : part, 16));
}

function luminance(colour) {
  const [red, green, blue] = colour.map((one) => {
    const part = one / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function readable(colour, paper, towards) {
  let found = colour;
  for (let share = 0; contrast(found, paper) < READABLE && share < 1; share += 0.05) {
    found = colour.map((part, index) => Math.round(part + (towards[index] - part) * (share + 0.05)));
  }
  return found;
}

/* The rules that set the accent; empty where none was chosen, or none that can be read. */
export function accentRules(value) {
  if (!value) return "";
  const colour = parse(value.trim());
  if (!colour) {
    console.warn(`chaski-widget: data-accent must be like #0b5d4e, not ${value}`);
    return "";
  }
  const rules = (paper, towards) => {
    const accent = readable(colour, paper, towards);
    const on = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
    return `:host{--accent:rgb(${accent});--on-accent:rgb(${on})}`;
  };
  const light = rules(PAPERS.light, BLACK);
  return `${light}@media (prefers-color-scheme:dark){${rules(PAPERS.dark, WHITE)}}`;
}
