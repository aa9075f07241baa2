// Interactive elements. ctx.use(element, block, values) is called when one is
// used; ctx.form is true inside a modal, where inputs only collect.
import { h, safeLink, word } from "./dom.js";
import { plainText, textObject } from "./text.js";

export function element(e, block, ctx) {
  const make = makers[e.type] ?? typed;
  return make(e, block, ctx);
}

const named = (e, block, extra = {}) => ({ actionId: e.action_id, blockId: block.block_id, kind: e.type, ...extra });

function button(e, block, ctx) {
  const attributes = {
    type: "button", class: `button ${e.style ?? ""}`, "aria-label": e.accessibility_label, data: named(e, block, { value: e.value }),
  };
  const label = plainText(e.text.text);
  if (e.url && safeLink(e.url)) {
    const open = () => ctx.use(e, block, [e.value ?? ""]);
    return h("a", { ...attributes, type: null, href: e.url, target: "_blank", rel: "noopener noreferrer", onclick: open }, label);
  }
  return h("button", { ...attributes, onclick: () => asked(e.confirm, () => ctx.use(e, block, [e.value ?? ""])) }, label);
}

function overflow(e, block, ctx) {
  const box = h("details", { class: "overflow", data: named(e, block) }, h("summary", { "aria-label": word("more"), title: word("more") }, "⋯"));
  const pick = (o) => () => {
    box.open = false;
    asked(e.confirm, () => ctx.use(e, block, [o.value]));
  };
  box.append(h("div", { class: "menu", role: "menu" }, e.options.map((o) =>
    h("button", { type: "button", role: "menuitem", data: { value: o.value }, onclick: pick(o) }, plainText(o.text.text)))));
  return box;
}

function select(e, block, ctx) {
  const one = (o) => h("option", { value: o.value, selected: e.initial_option?.value === o.value }, o.text.text);
  const groups = e.option_groups
    ? e.option_groups.map((g) => h("optgroup", { label: g.label.text }, g.options.map(one)))
    : (e.options ?? []).map(one);
  return menu(e, block, ctx, groups);
}

function menu(e, block, ctx, options) {
  const node = h("select", { class: "field", data: named(e, block), "aria-label": e.placeholder?.text ?? word("choose") },
    h("option", { value: "" }, e.placeholder?.text ?? word("choose")), options);
  node.addEventListener("change", () => {
    if (!node.value) return;
    const chosen = node.value;
    asked(e.confirm, () => ctx.use(e, block, [chosen]));
  });
  return node;
}

function directory(e, block, ctx) {
  const people = e.type.includes("user");
  const initial = e.initial_user ?? e.initial_conversation ?? e.initial_channel;
  const list = people
    ? ctx.state().users.filter((u) => !u.bot).map((u) => [u.id, u.real])
    : ctx.state().channels.filter((c) => c.kind !== "im").map((c) => [c.id, `#${c.name}`]);
  if (e.type.startsWith("multi_")) {
    const started = e.initial_users ?? e.initial_channels ?? e.initial_conversations ?? [];
    return boxes(e, block, ctx, "checkbox", list.map(([value, label]) => ({ value, text: { type: "plain_text", text: label } })), started);
  }
  return menu(e, block, ctx, list.map(([value, label]) => h("option", { value, selected: value === initial }, label)));
}

function boxes(e, block, ctx, type, options, started) {
  const group = h("fieldset", { class: "field boxes", data: named(e, block) });
  const name = `${block.block_id}/${e.action_id}/${Math.random()}`;
  const use = () => ctx.use(e, block, valuesOf(group));
  group.append(...options.map((o) =>
    h("label", {}, h("input", { type, name, value: o.value, checked: started.includes(o.value), onchange: use }), h("span", {}, textObject(o.text),
      o.description ? h("small", {}, textObject(o.description)) : null))));
  return group;
}

const values = (options) => (options ?? []).map((o) => o.value);
const flat = (e) => e.options ?? (e.option_groups ?? []).flatMap((g) => g.options);

function typed(e, block, ctx) {
  const kinds = { number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
  const attributes = {
    class: "field", data: named(e, block), placeholder: e.placeholder?.text, maxlength: e.max_length, min: e.min_value, max: e.max_value,
    step: e.is_decimal_allowed ? "any" : null, autocomplete: "off",
  };
  const node = e.multiline ? h("textarea", { ...attributes, rows: 4 }) : h("input", { ...attributes, type: kinds[e.type] ?? "text" });
  node.value = e.initial_value ?? e.initial_date ?? e.initial_time ?? "";
  if (e.initial_date_time) node.value = new Date(e.initial_date_time * 1000).toISOString().slice(0, 16);
  node.addEventListener("change", () => ctx.use(e, block, valuesOf(node)));
  return node;
}

const makers = {
  button, overflow, static_select: select, users_select: directory, channels_select: directory, conversations_select: directory,
  multi_users_select: directory, multi_channels_select: directory, multi_conversations_select: directory,
  multi_static_select: (e, b, c) => boxes(e, b, c, "checkbox", flat(e), values(e.initial_options)),
  checkboxes: (e, b, c) => boxes(e, b, c, "checkbox", flat(e), values(e.initial_options)),
  radio_buttons: (e, b, c) => boxes(e, b, c, "radio", flat(e), values(e.initial_option ? [e.initial_option] : [])),
};

// valuesOf reads what is chosen or typed in a .field.
export function valuesOf(field) {
  if (field.tagName === "FIELDSET") return [...field.querySelectorAll("input:checked")].map((i) => i.value);
  if (field.dataset.kind === "datetimepicker" && field.value) return [String(Math.floor(Date.parse(`${field.value}Z`) / 1000))];
  return [field.value];
}

// asked shows the confirmation of an element, if it has one, before acting.
function asked(confirm, act) {
  if (!confirm) return act();
  const dialog = h("dialog", { class: "confirm" });
  const end = (go) => () => {
    dialog.remove();
    if (go) act();
  };
  dialog.append(h("h2", {}, confirm.title.text), h("div", { class: "body" }, textObject(confirm.text)), h("div", { class: "row" },
    h("button", { type: "button", class: "button cancel", onclick: end(false) }, confirm.deny.text),
    h("button", { type: "button", class: `button submit ${confirm.style ?? "primary"}`, onclick: end(true) }, confirm.confirm.text)));
  dialog.addEventListener("cancel", end(false));
  document.body.append(dialog);
  dialog.showModal();
}
