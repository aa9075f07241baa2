package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics answers what a Prometheus server scrapes: what the status page shows,
// as numbers, and how the process itself is. Whoever may see the page may read it.
func (s *site) metrics(w http.ResponseWriter, r *http.Request) {
	if !s.allowed(w, r) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	st, err := s.o.Status(ctx, "en")
	if err != nil {
		s.o.Logger.LogAttrs(ctx, slog.LevelError, "metrics", slog.Any("err", err))
		plain(w, http.StatusServiceUnavailable, "the store does not answer\n")
		return
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(reading(st.samples()), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// reading is one look at the bot as a collector.
type reading []prometheus.Metric

// Describe implements prometheus.Collector: what there is depends on the look.
func (reading) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m reading) Collect(out chan<- prometheus.Metric) {
	for _, one := range m {
		out <- one
	}
}

// family is a metric with the names of its labels.
type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func gauge(name, help string, labels ...string) family {
	return family{prometheus.NewDesc("shopwatch_"+name, help, labels, nil), prometheus.GaugeValue}
}

func counter(name, help string, labels ...string) family {
	return family{prometheus.NewDesc("shopwatch_"+name, help, labels, nil), prometheus.CounterValue}
}

func (f family) is(v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(f.desc, f.kind, v, labels...)
}

// samples are the numbers of a look. A moment that is not known is left out,
// never zero.
func (st *Status) samples() []prometheus.Metric {
	return slices.Concat(st.outbox(), st.links(), st.feeds(), st.alerts(), st.jobs())
}

func (st *Status) outbox() []prometheus.Metric {
	entries := gauge("outbox_messages", "Messages of the outbox that are not sent.", "state")
	oldest := time.Duration(0)
	if !st.Outbox.Oldest.IsZero() {
		oldest = st.At.Sub(st.Outbox.Oldest)
	}
	out := []prometheus.Metric{
		entries.is(float64(st.Outbox.Waiting), "waiting"),
		entries.is(float64(st.Outbox.Doubt), "doubt"),
		entries.is(float64(st.Outbox.Dead), "dead"),
		gauge("outbox_oldest_seconds", "Age of the oldest message that waits; 0 when none does.").is(oldest.Seconds()),
		gauge("posts_per_minute_limit", "The most messages that the workspace is given in a minute; 0 is no limit.").is(float64(st.Post.PerMinute)),
		gauge("posts_room", "Messages that may leave at once; below zero while answers to people have overdrawn it.").is(float64(st.Post.Room)),
		gauge("posts_held_seconds", "How much longer the chat platform wants nothing at all.").is(st.Post.Held.Seconds()),
		counter("posts_limited_total", "Messages that the chat platform refused for the rate.").is(float64(st.Post.Limited)),
		counter("posts_aside_total", "Messages posted for people who waited, past the outbox.").is(float64(st.Post.Aside)),
	}
	sent := counter("posts_total", "Messages and edits from the outbox that were given to the chat platform, by urgency.", "rank")
	for rank, n := range st.Post.Sent {
		out = append(out, sent.is(float64(n), rank))
	}
	return out
}

func (st *Status) links() []prometheus.Metric {
	return []prometheus.Metric{
		gauge("chat_links", "Connections to the chat platform that are open.").is(float64(st.Links.Open)),
		counter("chat_links_opened_total", "Connections to the chat platform opened since the start.").is(float64(st.Links.Opened)),
		counter("chat_events_total", "Events taken from the chat platform.").is(float64(st.Links.Events)),
		counter("chat_replays_total", "Requests that had come before.").is(float64(st.Links.Replays)),
		counter("chat_forged_total", "Requests with a bad signature or time.").is(float64(st.Links.Forged)),
		counter("chat_late_total", "Events acknowledged before they were taken, or turned away.").is(float64(st.Links.Late)),
	}
}

func (st *Status) feeds() (out []prometheus.Metric) {
	until := gauge("feed_complete_until_timestamp_seconds", "Until when the data of a feed is complete.", "shop", "source", "table")
	well := gauge("feed_well", "1 when a feed is complete and on time.", "shop", "source", "table")
	for _, shop := range st.Shops {
		for _, f := range shop.Feeds {
			if !f.Until.IsZero() {
				out = append(out, until.is(float64(f.Until.Unix()), shop.ID, f.Source, f.Table))
			}
			out = append(out, well.is(truth(f.well()), shop.ID, f.Source, f.Table))
		}
	}
	return out
}

func (st *Status) alerts() (out []prometheus.Metric) {
	open := gauge("alerts_open", "Alerts that are open.", "shop", "severity")
	for _, shop := range st.Shops {
		n := map[string]int{"critical": 0, "warning": 0, "info": 0}
		for _, a := range shop.Alerts {
			n[a.Severity]++
		}
		for severity, count := range n {
			out = append(out, open.is(float64(count), shop.ID, severity))
		}
	}
	return out
}

func (st *Status) jobs() (out []prometheus.Metric) {
	last := gauge("job_last_finished_timestamp_seconds", "When a job last finished.", "job")
	ok := gauge("job_ok", "1 when the last run of a job went well.", "job")
	for _, j := range st.Jobs {
		if j.Last.IsZero() {
			continue
		}
		out = append(out, last.is(float64(j.Last.Unix()), j.Name), ok.is(truth(j.Outcome == "ok"), j.Name))
	}
	return out
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
