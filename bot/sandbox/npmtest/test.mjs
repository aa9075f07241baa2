// Slack's own Node clients against a running sandbox, whose address is in
// SANDBOX_URL. It proves that the protocol is the real one: what passes here
// was not written with us in mind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SocketModeClient } from "@slack/socket-mode";
import { ErrorCode, LogLevel, WebClient } from "@slack/web-api";

const base = process.env.SANDBOX_URL;
const slackApiUrl = `${base}/api/`;
const web = new WebClient("xoxb-sandbox", { slackApiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } });
const socket = new SocketModeClient({ appToken: "xapp-sandbox", logLevel: LogLevel.ERROR, clientPingTimeout: 500, clientOptions: { slackApiUrl } });

const seen = [];
let reply = () => undefined, wake = () => {};

before(async () => {
  socket.on("slack_event", async (event) => {
    seen.push(event);
    await event.ack(reply(event));
    wake();
  });
  await socket.start();
});
after(() => socket.disconnect());

// person does something on the page and returns once the bot has acknowledged.
async function person(act, body) {
  const response = await fetch(`${base}/page/${act}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: "lin", channel: "general", ...body }),
  });
  assert.equal(response.status, 200);
  return response.json();
}

async function received(type) {
  for (;;) {
    const i = seen.findIndex((e) => e.type === type);
    if (i >= 0) return seen.splice(i, 1)[0];
    await new Promise((resolve) => (wake = resolve));
  }
}

test("slash command with an answer in the acknowledgement", async () => {
  reply = (e) => (e.type === "slash_commands" ? { text: "On it" } : undefined);
  const exchange = await person("type", { text: "/shop gmv today" });
  assert.equal(exchange.acked, true);
  assert.notEqual(exchange.ts, "");
  const { body, retry_num } = await received("slash_commands");
  assert.equal(body.command, "/shop");
  assert.equal(body.text, "gmv today");
  assert.equal(retry_num, 0);
  const answer = await fetch(body.response_url, { method: "POST", body: JSON.stringify({ text: "628.4万", response_type: "in_channel" }) });
  assert.equal(answer.status, 200);
});

test("mention, message to the bot, home", async () => {
  await person("type", { text: "@shopwatch why" });
  assert.equal((await received("events_api")).body.event.type, "app_mention");
  await person("type", { channel: "@shopwatch", text: "hi" });
  assert.equal((await received("events_api")).body.event.channel_type, "im");
  await person("home", {});
  assert.equal((await received("events_api")).body.event.type, "app_home_opened");
});

test("button, modal and its submission", async () => {
  const { ts } = await web.chat.postMessage({
    channel: "C0GENERAL", text: "low stock",
    blocks: [{ type: "actions", elements: [{ type: "button", action_id: "mute", text: { type: "plain_text", text: "Mute" } }] }],
  });
  await person("act", { ts, action: "mute" });
  const { body } = await received("interactive");
  assert.equal(body.actions[0].action_id, "mute");
  const { view } = await web.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal", title: { type: "plain_text", text: "Mute" }, submit: { type: "plain_text", text: "OK" },
      blocks: [{ type: "input", block_id: "why", label: { type: "plain_text", text: "Why" }, element: { type: "plain_text_input", action_id: "text" } }],
    },
  });
  reply = (e) => (e.body.type === "view_submission" ? { response_action: "errors", errors: { why: "too short" } } : undefined);
  const exchange = await person("submit", { view: view.id, fields: { why: ["x"] } });
  assert.deepEqual(exchange.errors, { why: "too short" });
  reply = () => undefined;
  await person("submit", { view: view.id, fields: { why: ["sale ends"] } });
  await received("interactive");
  assert.equal((await received("interactive")).body.view.state.values.why.text.value, "sale ends");
});

test("history in pages, metadata, replies", async () => {
  const { ts } = await web.chat.postMessage({ channel: "C0SHOPALERTS", text: "root", metadata: { event_type: "d", event_payload: { key: "k1" } } });
  await web.chat.postMessage({ channel: "C0SHOPALERTS", text: "reply", thread_ts: ts });
  const texts = [];
  for await (const page of web.paginate("conversations.history", { channel: "C0GENERAL", limit: 1 })) texts.push(...page.messages.map((m) => m.text));
  assert.ok(texts.length >= 3, texts.join());
  const found = await web.conversations.history({ channel: "C0SHOPALERTS", include_all_metadata: true, oldest: ts, inclusive: true });
  assert.equal(found.messages[0].metadata.event_payload.key, "k1");
  assert.equal((await web.conversations.replies({ channel: "C0SHOPALERTS", ts })).messages.length, 2);
});

test("upload with the client's own helper", async () => {
  const result = await web.files.uploadV2({ channel_id: "C0GENERAL", filename: "rows.csv", file: Buffer.from("a,b\n1,2\n"), title: "Rows" });
  const id = result.files[0].files[0].id;
  let file;
  for (let i = 0; i < 3 && !file?.mimetype; i++) ({ file } = await web.files.info({ file: id }));
  assert.equal(file.mimetype, "text/csv");
  assert.ok(file.shares.public.C0GENERAL[0].ts);
});

test("refusals arrive as the client's own errors", async () => {
  await assert.rejects(web.chat.postMessage({ channel: "C404", text: "x" }), (e) => e.code === ErrorCode.PlatformError && e.data.error === "channel_not_found");
  await assert.rejects(
    web.chat.postMessage({ channel: "C0GENERAL", text: "x", blocks: [{ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }] }),
    (e) => e.data.response_metadata.messages[0].includes("[json-pointer:/blocks/0/text/text]"),
  );
  const careful = new WebClient("xoxb-sandbox", { slackApiUrl, logLevel: LogLevel.ERROR, rejectRateLimitedCalls: true });
  const limited = async () => {
    for (let i = 0; i < 10; i++) await careful.chat.postMessage({ channel: "C0SHOPDIGEST", text: "x" });
  };
  await assert.rejects(limited(), (e) => e.code === ErrorCode.RateLimitedError && e.retryAfter >= 1);
});

test("refresh: the client connects anew and nothing is lost", async () => {
  const connected = new Promise((resolve) => socket.once("connected", resolve));
  await fetch(`${base}/sandbox/refresh`, { method: "POST" });
  await connected;
  const exchange = await person("type", { text: "/shop after" });
  assert.equal(exchange.acked, true);
  assert.equal((await received("slash_commands")).body.text, "after");
});
