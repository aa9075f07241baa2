// The gallery: all that the bot can say on one page, the languages side by side.
// Buttons and menus are drawn and do nothing.
import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { draw } from "./messages.js";
import { know } from "./text.js";

// A copy that needs no server holds what it shows.
const held = document.getElementById("state");
const state = held ? JSON.parse(held.textContent) : await (await fetch("/gallery/state")).json();
know(state);
const nothing = () => {};
const ctx = { state: () => state, use: nothing, thread: nothing, shortcut: nothing, side: true, me: "", fresh: false };

function side(s) {
  const box = h("div", { class: "side", lang: s.lang, data: { lang: s.lang } });
  if (s.view) box.append(view(s.view));
  if (s.messages?.length) {
    const list = h("div", { class: "list" });
    draw(list, s.messages, ctx);
    box.append(list);
  }
  return box;
}

function view(v) {
  const body = h("div", { class: v.type === "home" ? "home-body" : "modal-body" }, blocks(v.blocks, { ...ctx, form: v.type !== "home" }));
  if (v.type === "home") return body;
  return h("div", { class: "form" }, h("h3", {}, v.title?.text ?? ""), body,
    h("div", { class: "row" }, v.close ? h("button", { type: "button", class: "button" }, v.close.text) : null,
      v.submit ? h("button", { type: "button", class: "button primary" }, v.submit.text) : null));
}

const main = document.getElementById("exhibits"), index = document.getElementById("index");
let group = "", entries = null;
for (const e of state.exhibits ?? []) {
  if (e.group !== group) {
    group = e.group;
    entries = h("ul");
    index.append(h("h2", {}, group), entries);
    main.append(h("h1", {}, group));
  }
  entries.append(h("li", {}, h("a", { href: `#${e.id}` }, e.title)));
  main.append(h("section", { class: "exhibit", id: e.id, "aria-label": e.title },
    h("h2", {}, h("a", { href: `#${e.id}` }, e.title)), h("div", { class: "sides" }, e.sides.map(side))));
}

for (const b of document.querySelectorAll(".languages button")) {
  b.addEventListener("click", () => {
    document.body.dataset.show = b.dataset.show;
    for (const other of document.querySelectorAll(".languages button")) other.setAttribute("aria-pressed", String(other === b));
  });
}
// The anchors did not exist when the page was loaded.
if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
document.body.dataset.ready = "true";
