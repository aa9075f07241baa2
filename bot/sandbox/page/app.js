// The page: what is open, keeping it up to date, and what a person does.
import { composer } from "./composer.js";
import { config, h, post, word } from "./dom.js";
import { avatar, draw, keepAtEnd } from "./messages.js";
import { drawHome, drawModal } from "./modal.js";
import { know } from "./text.js";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const open = {
  user: query.get("user") ?? "", channel: query.get("channel") ?? "", thread: query.get("thread") ?? "", view: query.get("view") ?? "",
};
let state = null, fresh = true, wanted = query.get("message");

const ctx = {
  state: () => state,
  use: (where, e, block, values) =>
    act("act", { ts: where.ts, view: where.view, channel: open.channel, block: block.block_id, action: e.action_id, values }),
  thread: (ts) => show({ thread: ts }),
  shortcut: (ts, name) => act("shortcut", { channel: open.channel, ts, name }),
  submit: (view, fields) => act("submit", { view, fields }),
  dismiss: (view) => act("dismiss", { view }),
};

async function act(name, body) {
  banner("");
  try {
    await post(name, { user: open.user, ...body });
  } catch (e) {
    banner(word("failed", { e: e.message }));
  }
}

function banner(text) {
  $("banner").textContent = text;
  $("banner").hidden = !text;
}

// show changes what is open and keeps the address in step.
function show(change) {
  Object.assign(open, change);
  const next = new URLSearchParams(Object.entries(open).filter(([, v]) => v));
  history.replaceState(null, "", `?${next}`);
  fresh = true;
  refresh();
}

let running = false, again = false;

async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    const response = await fetch(`/page/state?${new URLSearchParams(open)}`);
    state = await response.json();
    open.user = state.me.id;
    open.channel = state.open.id;
    render();
  } catch {
    banner(word("offline"));
  }
  running = false;
  if (again) {
    again = false;
    refresh();
  }
}

function render() {
  know(state);
  sidebar();
  header();
  const home = open.view === "home" && state.open.kind === "im";
  $("home").hidden = !home;
  $("messages").hidden = home;
  $("compose").hidden = home || !state.open.member;
  $("join-bar").hidden = state.open.member;
  const list = { ...ctx, me: state.me.id, fresh };
  draw($("messages"), state.messages, list);
  drawHome($("home"), state.home, ctx);
  thread(list);
  drawModal(state.modal, ctx);
  reveal();
  fresh = false;
  if (state.open.unread && document.visibilityState === "visible" && !home) post("read", { user: open.user, channel: open.channel }).catch(() => {});
  document.body.dataset.ready = "true";
  document.body.dataset.rev = state.rev;
}

// reveal scrolls to the message a permalink names.
function reveal() {
  if (!wanted) return;
  const node = document.querySelector(`.message[data-ts="${CSS.escape(wanted)}"]`);
  wanted = null;
  $("messages").dataset.stuck = "false";
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("found");
}

function sidebar() {
  const entry = (c) => h("li", {}, h("button", {
    type: "button", class: `channel${c.id === open.channel ? " open" : ""}${c.unread ? " news" : ""}${c.member ? "" : " outside"}`,
    data: { channel: c.id, name: c.name }, "aria-current": c.id === open.channel ? "page" : null,
    onclick: () => show({ channel: c.id, thread: "", view: "" }),
  }, h("span", { class: `sign ${c.kind}`, "aria-hidden": "true" }), h("span", { class: "name" }, c.name), c.unread ? h("span", { class: "unread" }, String(c.unread)) : null));
  $("channels").replaceChildren(...state.channels.filter((c) => c.kind !== "im").map(entry));
  $("directs").replaceChildren(...state.channels.filter((c) => c.kind === "im").map(entry));
  $("status").dataset.link = state.linked ? "on" : "off";
  $("status").textContent = word(state.linked ? "bot_on" : "bot_off");
  const people = $("user-switch");
  if (people.options.length === 0) {
    people.append(...state.users.filter((u) => !u.bot).map((u) => h("option", { value: u.id }, u.real)));
    people.addEventListener("change", () => show({ user: people.value, thread: "" }));
  }
  people.value = state.me.id;
  $("me-avatar").replaceWith(Object.assign(avatar(state.me), { id: "me-avatar" }));
}

const title = (c) => (c.kind === "im" ? c.name : `#${c.name}`);

function header() {
  const c = state.open;
  $("channel-name").textContent = title(c);
  $("channel-topic").textContent = c.topic ?? "";
  $("channel-members").textContent = c.kind === "im" ? "" : word("members", { n: c.members });
  $("tabs").hidden = c.kind !== "im";
  $("home-tab").setAttribute("aria-selected", String(open.view === "home"));
  $("messages-tab").setAttribute("aria-selected", String(open.view !== "home"));
  $("composer").placeholder = word("compose", { c: title(c) });
  $("join-bar").replaceChildren(word("join_hint", { c: title(c) }), h("button", {
    type: "button", class: "button primary", id: "join", onclick: () => act("join", { channel: c.id }),
  }, word("join")));
}

function thread(list) {
  const pane = document.querySelector(".thread-pane");
  const there = open.thread && state.thread.length > 0;
  pane.hidden = !there;
  document.body.classList.toggle("with-thread", Boolean(there));
  if (!there) return;
  pane.dataset.thread = open.thread;
  $("thread-channel").textContent = title(state.open);
  draw($("thread-messages"), state.thread, { ...list, side: true });
}

function listen() {
  const events = new EventSource("/page/events");
  events.onmessage = (e) => {
    banner("");
    if (!state || Number(e.data) !== state.rev) refresh();
  };
  events.onerror = () => banner(word("offline"));
}

composer($("composer-form"), $("composer"), $("suggestions"), (text) => {
  fresh = true;
  act("type", { channel: open.channel, text });
});
composer($("thread-form"), $("thread-composer"), null, (text) => {
  fresh = true;
  act("type", { channel: open.channel, thread: open.thread, text });
});
$("thread-close").addEventListener("click", () => show({ thread: "" }));
$("messages-tab").addEventListener("click", () => show({ view: "" }));
$("home-tab").addEventListener("click", () => {
  show({ view: "home" });
  act("home", {});
});
document.addEventListener("visibilitychange", () => state && render());
// A menu closes when one clicks elsewhere.
document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll("details.overflow[open]")) if (!menu.contains(e.target)) menu.open = false;
});
document.title = config.title;
keepAtEnd($("messages"));
keepAtEnd($("thread-messages"));
if (open.view === "home") refresh().then(() => act("home", {}));
else refresh();
listen();
