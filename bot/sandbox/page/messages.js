// Lists of messages. A message is drawn anew only when it has changed, so that
// an open menu or a selection survives an update elsewhere.
import { blocks } from "./blocks.js";
import { clock, config, day, fileURL, h, word } from "./dom.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./text.js";

export function avatar(user) {
  let sum = 0;
  for (const c of user.id) sum = (sum * 31 + c.codePointAt(0)) % 997;
  const tone = user.bot ? "bot" : `tone${sum % 6}`;
  return h("span", { class: `avatar ${tone}`, "aria-hidden": "true" }, user.bot ? "" : [...user.real][0].toUpperCase());
}

const unix = (ts) => Math.floor(Number(ts));

// draw brings a list up to date. ctx: state(), use(), thread(ts), side.
export function draw(list, messages, ctx) {
  const stuck = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const kept = new Map([...list.children].map((n) => [n.dataset.key, n]));
  const wanted = [];
  let before = null;
  for (const m of messages) {
    if (!ctx.side && (!before || day(unix(before.ts)) !== day(unix(m.ts)))) wanted.push(divider(m, kept));
    const follows = before && !ctx.side && before.user === m.user && before.system === m.system &&
      before.ephemeral === m.ephemeral && unix(m.ts) - unix(before.ts) < 300 && day(unix(before.ts)) === day(unix(m.ts));
    const print = JSON.stringify([m, follows, ctx.me]);
    const old = kept.get(m.ts);
    if (old?.print === print) wanted.push(old);
    else {
      const node = message(m, follows, ctx);
      node.print = print;
      wanted.push(node);
    }
    before = m;
  }
  if (wanted.length === 0) wanted.push(empty(ctx));
  wanted.forEach((n, i) => {
    if (list.children[i] !== n) list.insertBefore(n, list.children[i] ?? null);
  });
  while (list.children.length > wanted.length) list.lastChild.remove();
  if (stuck || ctx.fresh) list.scrollTop = list.scrollHeight;
  list.dataset.stuck = String(stuck || ctx.fresh);
}

// keepAtEnd holds a list at its newest message while its pictures load.
export function keepAtEnd(list) {
  list.addEventListener("load", () => {
    if (list.dataset.stuck === "true") list.scrollTop = list.scrollHeight;
  }, true);
  list.addEventListener("wheel", () => (list.dataset.stuck = "false"), { passive: true });
}

function divider(m, kept) {
  const name = day(unix(m.ts));
  return kept.get(`day ${name}`) ?? h("div", { class: "day", data: { key: `day ${name}` } }, h("span", {}, name));
}

function empty(ctx) {
  return h("p", { class: "empty", data: { key: "empty" } }, ctx.side ? "" : word("empty", { cmd: config.commands[0]?.name ?? "/" }));
}

function message(m, follows, ctx) {
  const user = m.system
    ? { id: "USLACKBOT", real: word("notice") }
    : (ctx.state().users.find((u) => u.id === m.user) ?? { id: m.user, real: m.user });
  const kind = ["message", follows && "follows", m.ephemeral && "ephemeral", m.edited && "edited", m.system && "system", m.bot && "from-bot"];
  const node = h("article", { class: kind.filter(Boolean).join(" "), data: { ts: m.ts, key: m.ts, user: m.user } });
  const head = follows ? null : h("div", { class: "head" },
    h("span", { class: "who" }, user.real), user.bot ? h("span", { class: "badge" }, word("app")) : null,
    h("time", { title: `${day(unix(m.ts))} ${clock(unix(m.ts))}` }, clock(unix(m.ts))),
    m.edited ? h("span", { class: "edited-mark" }, `(${word("edited")})`) : null);
  const content = h("div", { class: "content" }, m.ephemeral ? h("div", { class: "only" }, word("only_you")) : null, head, body(m, ctx, follows));
  node.append(follows ? h("time", { class: "gutter" }, clock(unix(m.ts))) : avatar(user), content);
  if (!m.ephemeral && !m.system) node.append(tools(m, ctx));
  return node;
}

// tools are what can be done with a message as a whole.
function tools(m, ctx) {
  const reply = ctx.side ? null : h("button", {
    type: "button", class: "reply-button", title: word("reply_in_thread"), "aria-label": word("reply_in_thread"),
    onclick: () => ctx.thread(m.thread || m.ts),
  }, "↩");
  const acts = (config.shortcuts ?? []).map((s) => h("button", {
    type: "button", class: "shortcut-button", data: { callback: s.callback }, onclick: () => ctx.shortcut(m.ts, s.callback),
  }, s.name));
  return h("div", { class: "tools" }, acts, reply);
}

function body(m, ctx, follows) {
  const own = { ...ctx, use: (e, block, values) => ctx.use({ ts: m.ts }, e, block, values) };
  const parts = [];
  const text = m.blocks?.length ? blocks(m.blocks, own) : m.text ? [h("div", { class: "text" }, mrkdwn(m.text))] : [];
  parts.push(...text);
  if (m.edited && follows) parts.push(h("span", { class: "edited-mark" }, `(${word("edited")})`));
  for (const f of m.files ?? []) parts.push(file(f));
  if (m.reactions?.length) parts.push(h("div", { class: "reactions" }, m.reactions.map((r) => reaction(r))));
  if (m.replies && !ctx.side) parts.push(threadLink(m, ctx));
  return parts;
}

function reaction(r) {
  return h("span", { class: "reaction", data: { name: r.name } }, `${emoji[r.name] ?? `:${r.name}:`} ${r.users.length}`);
}

function threadLink(m, ctx) {
  const people = m.repliers.map((id) => ctx.state().users.find((u) => u.id === id)).filter(Boolean).slice(0, 4);
  return h("button", { type: "button", class: "thread-link", data: { replies: m.replies }, onclick: () => ctx.thread(m.ts) },
    h("span", { class: "faces" }, people.map(avatar)),
    h("strong", {}, m.replies === 1 ? word("one_reply") : word("replies", { n: m.replies })),
    h("small", {}, word("last_reply", { t: clock(unix(m.last_reply)) })));
}

function file(f) {
  const src = fileURL(f.id, f.name);
  if (f.picture) {
    return h("figure", { class: "file", data: { file: f.id } }, h("figcaption", {}, f.title),
      h("a", { href: src, target: "_blank", rel: "noopener" }, h("img", { class: "wide", src, alt: f.title, loading: "lazy" })));
  }
  return h("a", { class: "file card", href: src, download: f.name, data: { file: f.id } },
    h("span", { class: "file-kind" }, f.name.split(".").pop().toUpperCase()),
    h("span", {}, h("strong", {}, f.title), h("small", {}, word("file_bytes", { n: f.size.toLocaleString(config.lang) }))));
}
