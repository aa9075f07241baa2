// mrkdwn and rich text as DOM nodes.
import { anchor, clock, day, h, parts, safeLink } from "./dom.js";
import { emoji } from "./emoji.js";

let people = new Map();

// know tells which ids have which names.
export function know(state) {
  people = new Map();
  for (const u of state.users) people.set(u.id, `@${u.real}`);
  for (const g of state.groups ?? []) people.set(g.id, `@${g.handle}`);
  for (const c of state.channels) people.set(c.id, `#${c.name}`);
}

export function plainText(text) {
  return lines(unescape(text).split("\n").map((line) => [withEmoji(line)]));
}

function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (all, name) => emoji[name] ?? all);
}

function lines(list) {
  return list.flatMap((line, i) => (i === 0 ? line : [h("br"), ...line]));
}

export function mrkdwn(text) {
  const nodes = [];
  text.split("```").forEach((part, i, all) => {
    if (i % 2 === 1 && i < all.length - 1) nodes.push(h("pre", {}, unescape(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...quotes(part));
  });
  return nodes;
}

function quotes(text) {
  const nodes = [];
  let quoted = null, first = true;
  for (const line of text.split("\n")) {
    const hit = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    if (hit) {
      if (!quoted) nodes.push((quoted = h("blockquote")));
      else quoted.append(h("br"));
      quoted.append(...inline(hit[1]));
    } else {
      if (!first && !quoted) nodes.push(h("br"));
      quoted = null;
      nodes.push(...inline(line));
    }
    first = false;
  }
  return nodes;
}

const styles = { "*": "strong", _: "em", "~": "s" };
const letter = /[\p{L}\p{N}]/u;

function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(document.createTextNode(withEmoji(unescape(plain))));
    plain = "";
  };
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    const end = closing(text, i);
    if (end < 0) {
      plain += c;
      i++;
      continue;
    }
    const inner = text.slice(i + 1, end);
    flush();
    if (c === "`") nodes.push(h("code", {}, unescape(inner)));
    else if (c === "<") nodes.push(reference(inner));
    else nodes.push(h(styles[c], {}, inline(inner)));
    i = end + 1;
  }
  flush();
  return nodes;
}

// closing finds where the markup that begins at i ends, or -1.
function closing(text, i) {
  const c = text[i];
  if (c === "<") return text.indexOf(">", i + 2);
  if (c === "`") return text.indexOf("`", i + 2);
  if (!styles[c] || !text[i + 1] || /\s/.test(text[i + 1]) || letter.test(text[i - 1] ?? " ")) return -1;
  for (let j = i + 2; j < text.length; j++) {
    if (text[j] === "<") j = Math.max(j, text.indexOf(">", j));
    else if (text[j] === c && !/\s/.test(text[j - 1]) && !letter.test(text[j + 1] ?? " ")) return j;
  }
  return -1;
}

function reference(inner) {
  const [what, label] = split(inner);
  if (what.startsWith("!date^")) return dateNode(what, label);
  if (what.startsWith("@") || what.startsWith("#")) return mention(what.slice(1), label);
  if (what.startsWith("!subteam^")) return mention(what.slice(9), label);
  if (what.startsWith("!")) return h("span", { class: "mention loud" }, `@${what.slice(1)}`);
  // Angle brackets around anything else are text that somebody did not escape.
  if (!safeLink(unescape(what))) return document.createTextNode(unescape(`<${inner}>`));
  return anchor(unescape(what), unescape(label || what));
}

function split(inner) {
  const bar = inner.indexOf("|");
  return bar < 0 ? [inner, ""] : [inner.slice(0, bar), inner.slice(bar + 1)];
}

export function mention(id, label) {
  return h("span", { class: "mention", data: { id } }, people.get(id) ?? (label ? `@${label}` : id));
}

// dateNode draws <!date^unix^format^link|fallback>.
function dateNode(what, fallback) {
  const [, unix, format, link] = what.split("^");
  const text = /^\d+$/.test(unix ?? "") ? dateText(Number(unix), format ?? "{date_short} {time}") : unescape(fallback);
  const node = h("time", { title: unescape(fallback) }, text);
  return link ? h("span", {}, anchor(unescape(link), text)) : node;
}

export function dateText(unix, format) {
  const p = parts(unix);
  const pad = (n) => String(n).padStart(2, "0");
  const values = {
    date_num: `${p.year}-${pad(p.month)}-${pad(p.day)}`, date: day(unix), date_short: day(unix), date_long: `${day(unix)} ${p.year}`,
    date_pretty: day(unix), date_short_pretty: day(unix), date_long_pretty: day(unix), day_divider_pretty: day(unix),
    time: clock(unix), time_secs: `${clock(unix)}:${p.second}`, ago: `${day(unix)} ${clock(unix)}`,
  };
  return format.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
}

// richText draws the elements of a rich_text block or cell.
export function richText(elements) {
  return elements.map((e) => {
    switch (e.type) {
      case "rich_text_list":
        return h(e.style === "ordered" ? "ol" : "ul", { class: `indent${e.indent ?? 0}`, start: e.offset ? e.offset + 1 : null },
          e.elements.map((item) => h("li", {}, runs(item.elements))));
      case "rich_text_quote":
        return h("blockquote", {}, runs(e.elements));
      case "rich_text_preformatted":
        return h("pre", {}, runs(e.elements));
      default:
        return h("div", { class: "rich" }, runs(e.elements));
    }
  });
}

function runs(list) {
  return list.map((r) => {
    switch (r.type) {
      case "text":
        return styled(lines(r.text.split("\n").map((l) => [document.createTextNode(l)])), r.style);
      case "link":
        return styled([anchor(r.url, r.text || r.url)], r.style);
      case "user":
        return mention(r.user_id);
      case "usergroup":
        return mention(r.usergroup_id);
      case "channel":
        return mention(r.channel_id);
      case "broadcast":
        return h("span", { class: "mention loud" }, `@${r.range}`);
      case "emoji":
        return document.createTextNode(emoji[r.name] ?? `:${r.name}:`);
      case "date":
        return h("time", { title: r.fallback }, dateText(r.timestamp, r.format));
      default:
        return document.createTextNode(r.value ?? "");
    }
  });
}

function styled(nodes, style = {}) {
  const tags = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];
  return tags.reduce((inner, [name, tag]) => (style?.[name] ? [h(tag, {}, inner)] : inner), nodes);
}

export function textObject(o) {
  if (!o) return [];
  return o.type === "mrkdwn" ? mrkdwn(o.text) : plainText(o.text.replace(/&/g, "&amp;"));
}
