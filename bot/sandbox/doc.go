// Package sandbox is a chat workspace on this computer that speaks Slack's
// protocol: the Web API under /api/, Socket Mode over a WebSocket, signed HTTP
// delivery, response URLs, uploads, and a page in the browser where a person
// types commands, presses buttons and reads threads. The real adapter runs
// against it unchanged, so the demo and the tests have no second code path.
//
// It must not know the bot: it imports none of its packages and judges only
// what crosses the wire. Limits, error names and refusals are those of Slack,
// taken at their careful end where Slack does not document them.
//
// # Time
//
// Message timestamps, the posting rate and the life of a response URL follow
// Options.Now, which may be stepped or accelerated. Deadlines between two
// programs (three seconds for an acknowledgement, three seconds for a trigger,
// WebSocket pings) are real time. Message and file ids are counters, so that
// callers who act in a fixed order get the same Transcript every time.
//
// # Faults
//
// Inject, Misdeliver, Drop, Disconnect, DisconnectOnHello, LoseAcks, SendTwice,
// Silence, SendRaw, SetFilePolls, SetScopes, Revoke, Archive, Expel and Delete
// make the workspace misbehave. Tests in other languages post a JSON list of
// Fault to /sandbox/faults, or anything to /sandbox/refresh.
//
// # The page, for a browser test
//
// The query of / chooses what is open: user, channel (id or name), thread (a
// ts), message (a ts to show) and view=home in a direct message with the bot.
// Stable hooks:
//
//	#user-switch                  select of the person who acts
//	.channel[data-channel=ID]     entry of the sidebar; .unread holds the count
//	#home-tab, #messages-tab      tabs of a direct message with the bot
//	#messages .message[data-ts]   a message; .ephemeral, .edited, .system mark its kind
//	.message .thread-link         opens the thread; its text is the reply count
//	button[data-action-id]        a button; data-value and data-block-id tell which
//	select[data-action-id]        a menu; details.overflow button[data-value] an overflow option
//	#composer                     text field; Enter sends; #suggestions .suggestion lists commands
//	.thread-pane[data-thread]     the thread; #thread-composer, #thread-close
//	dialog.modal[data-view]       a modal; [data-block-id] its inputs; .submit, .cancel
//	dialog.confirm                a confirmation; .submit, .cancel
//	#status[data-link]            "on" while a bot is connected, else "off"
//	body[data-ready]              "true" once the first state is drawn; data-rev its revision
//
// # The gallery
//
// GET /gallery shows what Exhibit was given: section.exhibit[id] is an entry,
// .side[data-lang] what one person sees of it.
package sandbox
