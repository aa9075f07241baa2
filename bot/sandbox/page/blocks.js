// Block Kit as DOM nodes.
import { anchor, config, fileURL, h, word } from "./dom.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { plainText, richText, textObject } from "./text.js";

export function blocks(list, ctx) {
  return (list ?? []).map((b) => {
    const make = makers[b.type];
    const body = make ? make(b, ctx) : [];
    return h("div", { class: `block ${b.type}`, data: { blockId: b.block_id } }, body);
  });
}

const makers = {
  divider: () => h("hr"),
  header: (b) => h("h3", {}, plainText(b.text.text)),
  section: (b, ctx) => [
    h("div", { class: "section-body" },
      b.text ? h("div", { class: "text" }, textObject(b.text)) : null,
      b.fields ? h("div", { class: "fields" }, b.fields.map((f) => h("div", { class: "text" }, textObject(f)))) : null),
    b.accessory ? h("div", { class: "accessory" }, b.accessory.type === "image" ? picture(b.accessory, ctx, "thumb") : element(b.accessory, b, ctx)) : null,
  ],
  context: (b, ctx) => b.elements.map((e) => (e.type === "image" ? picture(e, ctx, "icon") : h("span", {}, textObject(e)))),
  actions: (b, ctx) => b.elements.map((e) => element(e, b, ctx)),
  image: (b, ctx) => h("figure", {}, b.title ? h("figcaption", {}, plainText(b.title.text)) : null, picture(b, ctx, "wide")),
  markdown: (b) => markdown(b.text),
  rich_text: (b) => richText(b.elements),
  table: (b) => table(b),
  input: (b, ctx) => input(b, ctx),
};

// picture shows files of the workspace; pictures elsewhere stay a link, since
// the page asks nobody else for anything.
function picture(p, ctx, size) {
  const id = p.slack_file?.id ?? /\/files\/([^/]+)\//.exec(p.slack_file?.url ?? "")?.[1];
  if (id) {
    const src = fileURL(id, config.still ? "picture.png" : "picture");
    const image = h("img", { class: size, src, alt: p.alt_text, loading: "lazy" });
    return size === "wide" ? h("a", { href: src, target: "_blank", rel: "noopener" }, image) : image;
  }
  return h("span", { class: "outside" }, `${word("image_outside")}: `, anchor(p.image_url, p.alt_text));
}

function table(b) {
  const settings = b.column_settings ?? [];
  const cell = (tag) => (c, i) => {
    const s = settings[i] ?? {};
    const body = c.type === "rich_text" ? richText(c.elements) : document.createTextNode(c.text ?? "");
    return h(tag, { class: `${s.align ?? "left"}${s.is_wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null }, body);
  };
  const [head, ...rows] = b.rows;
  return h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": word("table_more") }, h("table", {},
    h("thead", {}, h("tr", {}, head.map(cell("th")))), h("tbody", {}, rows.map((r) => h("tr", {}, r.map(cell("td")))))));
}

function input(b, ctx) {
  const error = ctx.errors?.[b.block_id];
  return h("div", { class: `input${error ? " wrong" : ""}` },
    h("span", { class: "label" }, plainText(b.label.text), b.optional ? h("small", {}, ` (${word("optional")})`) : null),
    element(b.element, b, ctx),
    b.hint ? h("small", { class: "hint" }, plainText(b.hint.text)) : null,
    error ? h("small", { class: "error", role: "alert" }, error) : null);
}
