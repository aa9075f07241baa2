// Package slack speaks with Slack and is the only place that does: it sends,
// edits and looks up messages, answers a person privately, publishes the home
// page, and receives what people do over Socket Mode or signed HTTP.
//
// It translates between package chat and Slack's wire format and decides
// nothing: it does not know commands, alerts, languages or rights, keeps
// nothing that must survive a restart, and never retries a post, because the
// outbox is the one place that may. Its errors and log lines carry no token,
// response address or upload address.
package slack
