// Small DOM helpers. Text from outside only ever becomes a text node.

export const config = JSON.parse(document.body.dataset.config);

// fileURL is where a file of the workspace is: beside the page in a copy that needs
// no server.
export function fileURL(id, name) {
  const path = `files/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;
  return config.still ? path : `/${path}`;
}

export function word(key, values = {}) {
  let text = config.words[key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, value);
  return text;
}

// h makes an element: attributes, listeners (on…), data (an object), children.
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "data") Object.assign(node.dataset, defined(value));
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== ""));
  return node;
}

function defined(data) {
  return Object.fromEntries(Object.entries(data).filter(([, v]) => v !== undefined && v !== null));
}

// safeLink gives the address only when a browser may open it.
export function safeLink(url) {
  return /^(https?:|mailto:)/i.test(url) ? url : null;
}

export function anchor(url, label) {
  const href = safeLink(url);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, label) : document.createTextNode(label);
}

export async function post(act, body) {
  const response = await fetch(`/page/${act}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({ error: response.statusText }));
  if (!response.ok) throw new Error(answer.error ?? response.statusText);
  return answer;
}

// parts of a moment (unix seconds) in the zone of the shop.
export function parts(unix) {
  const names = { year: "numeric", month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  let zone = config.zone, at = unix;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    zone = "UTC";
    at = unix + config.offset;
  }
  const list = new Intl.DateTimeFormat(config.lang, { ...names, hourCycle: "h23", timeZone: zone }).formatToParts(at * 1000);
  return Object.fromEntries(list.map((p) => [p.type, p.value]));
}

export function clock(unix) {
  const p = parts(unix);
  return `${p.hour}:${p.minute}`;
}

export function day(unix) {
  const p = parts(unix);
  return config.lang === "zh-CN" ? `${p.month}月${p.day}日 ${p.weekday}` : `${p.weekday} ${p.month}/${p.day}`;
}
