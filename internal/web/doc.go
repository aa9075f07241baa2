// Package web is what a browser and a supervisor see of the bot: /healthz,
// /readyz, /metrics and a read-only status page that needs no script. It shows the plain
// views it is given; it knows no store, no source and no rule, changes nothing,
// and listens nowhere: the caller serves the handler.
package web
