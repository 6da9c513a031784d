/* How the widget looks. It lives in a shadow tree: nothing of the page's styles comes in, nothing of
   these goes out. Sizes are in em of the person's own text size, so that zoom and large text work. */
export const STYLE = `
:host {
  all: initial; display: block; position: fixed; z-index: 2147483000; inset: auto 1em 1em auto;
  font: medium/1.5 system-ui, sans-serif; color-scheme: light dark;
  --paper: #fff; --ground: #f2f4f3; --ink: #1a2123; --quiet: #4b585c; --line: #c2cbcd;
  --accent: #0b5d4e; --on-accent: #fff; --mine: #e2ece9; --danger: #a3161a;
}
@media (prefers-color-scheme: dark) {
  :host {
    --paper: #1d2326; --ground: #14191b; --ink: #edf1f2; --quiet: #b3bfc3; --line: #455155;
    --accent: #7fd6bf; --on-accent: #000; --mine: #29403c; --danger: #ffa39b;
  }
}
:host([data-position="left"]) { inset: auto auto 1em 1em; }
:host([data-position="page"]) { position: static; height: 100%; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, select, textarea { font: inherit; color: inherit; margin: 0; border-radius: .6em; }
button, select, summary { min-height: 2.75em; cursor: pointer; }
button { padding: .4em .9em; border: 1px solid var(--accent); background: var(--paper); color: var(--accent); }
button:disabled { opacity: .6; cursor: default; }
a { color: var(--accent); overflow-wrap: anywhere; }
a[href^="tel:"] { display: inline-block; font-weight: 600; padding: .3em .1em; margin: -.15em 0; }
p, ul, h1, h2 { margin: 0; padding: 0; }
:focus { outline: none; }
:focus-visible:not(.name) { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { width: 1.4em; height: 1.4em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.solid { background: var(--accent); color: var(--on-accent); font-weight: 600; }
.launcher { display: flex; align-items: center; gap: .5em; min-height: 3.25em; padding: .5em 1.1em; border-radius: 2em; box-shadow: 0 2px 10px #0005; }
.handoff p { flex: 1 1 12em; }
.fresh { padding: 0 .5em; border-radius: 1em; background: var(--on-accent); color: var(--accent); font-size: .875em; }
.panel {
  position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none;
  margin: 0; padding: 0; border: 0; color: var(--ink); background: var(--ground); overflow: hidden;
}
.panel:not([open]) { display: none; }
.panel[open] { display: flex; flex-direction: column; }
.panel::backdrop { background: none; }
:host([data-position="page"]) .panel { position: static; min-height: 20em; }
.head { display: grid; grid-template: "title minimise" "language leave" / 1fr auto; align-items: center; gap: .5em; padding: .5em .75em; background: var(--paper); border-bottom: 1px solid var(--line); }
.head .name { grid-area: title; display: flex; align-items: center; gap: .4em; min-width: 0; font-size: 1.1em; overflow-wrap: anywhere; }
.head label { grid-area: language; min-width: 0; }
.head select { width: 100%; max-width: 12em; padding: .3em .4em; background: var(--paper); border: 1px solid var(--quiet); }
.head .leave { grid-area: leave; font-weight: 600; color: #fff; background: #8c1216; border-color: #8c1216; }
.head .minimise { grid-area: minimise; justify-self: end; min-width: 2.75em; padding: .3em; display: grid; place-items: center; }
.handoff { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5em; padding: .5em .75em; background: var(--mine); border-bottom: 1px solid var(--line); font-weight: 600; }
.begin, .log { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: .75em; display: flex; flex-direction: column; gap: .75em; }
.begin > * { max-width: 38em; }
.begin .start { align-self: flex-start; padding-inline: 2em; }
.numbers { padding: .6em .8em; border: 2px solid var(--danger); border-radius: .75em; background: var(--paper); }
details { border: 1px solid var(--line); border-radius: .6em; padding: 0 .8em; background: var(--paper); }
details p { padding-bottom: .7em; }
summary { padding: .6em 0; color: var(--accent); }
.log { gap: .6em; }
.message { max-width: min(90%, 34em); padding: .6em .85em; border: 1px solid var(--line); border-radius: .85em; background: var(--paper); white-space: pre-line; overflow-wrap: anywhere; }
.mine { align-self: flex-end; background: var(--mine); }
.urgent { border: 2px solid var(--danger); }
.person { border-left: .35em solid var(--accent); }
.note { align-self: center; background: none; border: 0; color: var(--quiet); text-align: center; }
.unsent { border-style: dashed; border-color: var(--quiet); }
.mark { display: block; font-size: .875em; color: var(--quiet); }
.choices { display: flex; flex-wrap: wrap; gap: .5em; list-style: none; }
.choices button { text-align: start; }
.trouble { display: flex; flex-direction: column; gap: .5em; align-items: flex-start; padding: .6em .75em; background: var(--paper); border-top: 2px solid var(--danger); }
.status { padding: 0 .75em; min-height: 1.5em; font-size: .875em; color: var(--quiet); }
form, .ask, .tools { padding: 0 .75em .5em; background: none; }
form label { font-size: .875em; color: var(--quiet); }
.row { display: flex; gap: .5em; align-items: stretch; }
textarea { flex: 1; min-width: 0; padding: .5em .7em; resize: none; background: var(--paper); border: 1px solid var(--quiet); }
.left { float: inline-end; }
.tools { display: flex; flex-wrap: wrap; gap: .5em; }
.tools button { flex: 1 1 9em; font-size: .875em; line-height: 1.25; min-height: 3.15em; border-color: var(--line); }
.ask { display: flex; flex-direction: column; gap: .5em; }
@media (max-height: 26em) {
  .panel[open] { overflow-y: auto; display: block; }
  .begin, .log { overflow: visible; min-height: 6em; }
}
@media (min-width: 40em) and (min-height: 26em) {
  :host(:not([data-position="page"])) .panel { inset: auto 1em 1em auto; width: 25em; height: min(42em, calc(100% - 2em)); border: 1px solid var(--line); border-radius: 1em; box-shadow: 0 4px 24px #0006; }
  :host([data-position="left"]) .panel { inset: auto auto 1em 1em; }
  :host([data-position="page"]) .head { grid-template: "title language leave" / 1fr auto auto; }
  :host([data-position="page"]) .panel > * { padding-inline: max(.75em, calc(50% - 22em)); }
}
@media (forced-colors: active) { .person { border-left-color: Highlight; } }
`;
