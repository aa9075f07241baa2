// The markdown block: headings, lists, quotes, code, tables of text are left
// as lines; bold, italic, strike, code and links inside a line.
import { anchor, h } from "./dom.js";
import { withEmoji } from "./text.js";

const patterns = [
  [/`([^`]+)`/, (m) => h("code", {}, m[1])],
  [/\[([^\]]+)\]\(([^)\s]+)\)/, (m) => anchor(m[2], m[1])],
  [/\*\*(\S(?:.*?\S)?)\*\*/, (m) => h("strong", {}, inline(m[1]))],
  [/~~(\S(?:.*?\S)?)~~/, (m) => h("s", {}, inline(m[1]))],
  [/(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?![\w*])/, (m) => h("em", {}, inline(m[1]))],
];

function inline(text) {
  let best = null;
  for (const [pattern, make] of patterns) {
    const m = pattern.exec(text);
    if (m && (!best || m.index < best.m.index)) best = { m, make };
  }
  if (!best) return [document.createTextNode(withEmoji(entities(text)))];
  const { m, make } = best;
  return [...(m.index ? inline(text.slice(0, m.index)) : []), make(m), ...inline(text.slice(m.index + m[0].length))].filter(
    (n) => n.nodeType !== Node.TEXT_NODE || n.data,
  );
}

function entities(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

export function markdown(text) {
  const nodes = [];
  let list = null, code = null;
  for (const line of text.split("\n")) {
    if (line.startsWith("```")) {
      if (code) code = null;
      else nodes.push((code = h("pre")));
      continue;
    }
    if (code) {
      code.append(code.firstChild ? `\n${line}` : line);
      continue;
    }
    const item = /^\s*(?:([-*])|\d+\.)\s+(.*)$/.exec(line);
    if (item) {
      const tag = item[1] ? "UL" : "OL";
      if (list?.tagName !== tag) nodes.push((list = h(tag)));
      list.append(h("li", {}, inline(item[2])));
      continue;
    }
    list = null;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) nodes.push(h("p", { class: "md-heading" }, inline(heading[2])));
    else if (/^(?:>|&gt;)\s?/.test(line)) nodes.push(h("blockquote", {}, inline(line.replace(/^(?:>|&gt;)\s?/, ""))));
    else if (line.trim()) nodes.push(h("p", {}, inline(line)));
  }
  return nodes;
}
