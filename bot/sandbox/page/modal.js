// Modals and the home tab.
import { blocks } from "./blocks.js";
import { h, word } from "./dom.js";
import { valuesOf } from "./elements.js";

let dialog = null, shown = "";

// drawModal opens, redraws or closes the modal of the person who looks on.
export function drawModal(view, ctx) {
  const print = view ? JSON.stringify([view.id, view.hash, view.errors]) : "";
  if (print === shown) return;
  const typed = dialog && view && dialog.dataset.view === view.id ? collect(dialog) : null;
  dialog?.remove();
  dialog = null;
  shown = print;
  if (!view) return;
  const c = view.content;
  const own = { ...ctx, form: true, errors: view.errors ?? {}, use: (e, block, values) => use(e, block, values, view, ctx) };
  const form = h("form", { method: "dialog" },
    h("header", {}, h("h2", {}, c.title.text), h("button", { type: "button", class: "cancel x", "aria-label": word("close"), onclick: () => ctx.dismiss(view.id) }, "×")),
    h("div", { class: "modal-body" }, view.errors?.[""] ? h("p", { class: "error", role: "alert" }, word("failed", { e: view.errors[""] })) : null, blocks(c.blocks, own)),
    h("footer", { class: "row" },
      h("button", { type: "button", class: "button cancel", onclick: () => ctx.dismiss(view.id) }, c.close?.text ?? word("cancel")),
      c.submit ? h("button", { type: "submit", class: "button primary submit" }, c.submit.text) : null));
  dialog = h("dialog", { class: "modal", data: { view: view.id, callbackId: c.callback_id } }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ctx.submit(view.id, collect(dialog));
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    ctx.dismiss(view.id);
  });
  document.body.append(dialog);
  if (typed) restore(dialog, typed);
  dialog.querySelector(".wrong .field, .field")?.setAttribute("autofocus", "");
  dialog.showModal();
}

// use sends an action where the bot asked for one: outside input blocks, and
// inside them when they dispatch.
function use(e, block, values, view, ctx) {
  if (block.type !== "input" || block.dispatch_action) ctx.use({ view: view.id }, e, block, values);
}

function collect(root) {
  const fields = {};
  for (const f of root.querySelectorAll(".field")) {
    const block = f.closest(".block");
    fields[block.classList.contains("input") ? block.dataset.blockId : f.dataset.actionId] = valuesOf(f);
  }
  return fields;
}

// restore keeps what was typed when a modal comes back with complaints.
function restore(root, fields) {
  for (const f of root.querySelectorAll(".block.input .field")) {
    const old = fields[f.closest(".block").dataset.blockId];
    if (!old) continue;
    if (f.tagName === "FIELDSET") for (const i of f.querySelectorAll("input")) i.checked = old.includes(i.value);
    else if (f.dataset.kind !== "datetimepicker") f.value = old[0] ?? "";
  }
}

let homeShown = null;

export function drawHome(box, view, ctx) {
  const print = view ? `${view.id} ${view.hash}` : "";
  if (print === homeShown) return;
  homeShown = print;
  const own = { ...ctx, use: (e, block, values) => ctx.use({ view: view.id }, e, block, values) };
  box.replaceChildren(view ? h("div", { class: "home-body", data: { view: view.id } }, blocks(view.content.blocks, own)) : h("p", { class: "empty" }, word("empty_home")));
}
