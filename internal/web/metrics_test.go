package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// TestMetrics: what the page shows is there as numbers, whatever names hold, and
// what is not known is left out.
func TestMetrics(t *testing.T) {
	o := options()
	o.Status = func(context.Context, string) (Status, error) {
		st := sample()
		st.Shops[1].ID = "Out\"let\\\n{x}"
		st.Shops[1].Feeds = []Feed{{Source: "never", Table: "order_line"}}
		st.Post = Post{PerMinute: 40, Room: -2, Held: 7 * time.Second, Sent: map[string]uint64{"pressing": 3}, Limited: 1, Aside: 5}
		return st, nil
	}
	resp := ask(t, o, "/metrics")
	got := resp.Body.String()
	if resp.Code != http.StatusOK || !strings.HasPrefix(resp.Header().Get("Content-Type"), "text/plain") {
		t.Fatalf("%d %v", resp.Code, resp.Header())
	}
	for _, want := range []string{
		`shopwatch_outbox_messages{state="waiting"} 1234`, `shopwatch_outbox_oldest_seconds 90`,
		`shopwatch_posts_room -2`, `shopwatch_posts_held_seconds 7`, `shopwatch_posts_total{rank="pressing"} 3`,
		`shopwatch_alerts_open{severity="critical",shop="tmall"} 1`,
		`shopwatch_feed_well{shop="Out\"let\\\n{x}",source="never",table="order_line"} 0`,
		`shopwatch_job_ok{job="digest morning"} 0`, "go_goroutines ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, bad := range []string{`until_timestamp_seconds{shop="Out`, `job="new"`} {
		if strings.Contains(got, bad) {
			t.Errorf("%s is there although it is not known", bad)
		}
	}
	problems, err := promlint.New(strings.NewReader(got)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

// TestMetricsAreGuarded: they are for who may see the page, and say so when
// there is nothing to say.
func TestMetricsAreGuarded(t *testing.T) {
	o := options()
	o.Token = "canary-token"
	if resp := ask(t, o, "/metrics"); resp.Code != http.StatusUnauthorized {
		t.Errorf("without the token: %d", resp.Code)
	}
	if resp := ask(t, o, "/metrics", func(r *http.Request) { r.Header.Set("Authorization", "Bearer canary-token") }); resp.Code != http.StatusOK {
		t.Errorf("with the token: %d", resp.Code)
	}
	o = options()
	if resp := ask(t, o, "/metrics", func(r *http.Request) { r.Host = "evil.example" }); resp.Code != http.StatusMisdirectedRequest {
		t.Errorf("under a foreign name: %d", resp.Code)
	}
	o.Status = func(context.Context, string) (Status, error) { return Status{}, errors.New("locked") }
	if resp := ask(t, o, "/metrics"); resp.Code != http.StatusServiceUnavailable || strings.Contains(resp.Body.String(), "shopwatch_") {
		t.Errorf("without a store: %d %s", resp.Code, resp.Body)
	}
}
