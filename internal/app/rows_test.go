package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwatch/internal/config"
)

// answeredRow is a row of docs/rows.md as a program asks it.
type answeredRow struct {
	row, ask string
	keys     []string // of the JSON, which must be there
	onUCI    string   // the same of the imported orders; "" says that they lack what is needed
	lacks    []string // the tables, or columns, that are named then
}

var answeredRows = []answeredRow{
	{"R1", "gmv yesterday by hour", []string{"covered", "sums.paid", "sums.known", "comparisons", "parts.share"}, "gmv 2011-10-05 by hour", nil},
	{"R2", "target", []string{"rows.paid", "rows.tiers.amount", "rows.tiers.due", "rows.tiers.chance"}, "target", nil},
	{"R3", "race", []string{"parts.key", "parts.sums.paid", "parts.rank", "by"}, "race 2011-10", nil},
	{"R4", "bands 7d", []string{"metrics", "total", "rows.values", "rows.share"}, "bands 2011-10-01..2011-10-07", nil},
	{"R5", "channels 7d", []string{"metrics", "total", "rows.values", "before"}, "channels 2011-10-01..2011-10-07", nil},
	{"R5", "conflicts", []string{"compared", "present", "ahead"}, "", []string{"own_price"}},
	{"R6", "price", []string{"matched", "items.landed", "items.rivals.gap", "items.rivals.advantage"}, "", []string{"own_price", "rival_offer"}},
	{"R7", "floor", []string{"listed", "unknown", "under", "losing"}, "", []string{"own_price"}},
	{"R8", "suggest", []string{"items.price", "items.floor", "items.options.profit", "items.elasticity"}, "", []string{"own_price"}},
	{"R9", "hits 7d", []string{"n", "share", "items.gmv", "items.rank"}, "hits 2011-10-01..2011-10-07", nil},
	{"R10", "new 30d", []string{"share", "high_share", "launched", "items.margin"}, "", []string{"item"}},
	{"R11", "stock all", []string{"out", "low", "items.available", "items.cover", "items.lost_per_day"}, "", []string{"inventory"}},
	{"R12", "restock", []string{"service", "items.quantity", "items.by", "items.cost"}, "", []string{"inventory"}},
	{"R13", "slow", []string{"slow", "items.available"}, "", []string{"inventory"}},
	{"R14", "funnel yesterday", []string{"metrics", "total", "rows.values"}, "", []string{"traffic"}},
	{"R14", "traffic 7d", []string{"metrics", "total", "rows.key"}, "", []string{"traffic"}},
	{"R15", "regions 7d", []string{"metrics", "rows.key", "rows.share"}, "regions 2011-10-01..2011-10-07", nil},
	{"R16", "members 7d", []string{"metrics", "total", "rows.key"}, "", []string{"member_day"}},
	{"R17", "search 7d", []string{"metrics", "total", "rows.key"}, "", []string{"search_day"}},
	{"R18", "campaign", []string{"id", "state", "days.paid", "days.before"}, "", nil},
	{"R19", "live 7d", []string{"paid", "all", "visitors", "usual_share"}, "", []string{"traffic"}},
	{"R20", "service", []string{"metrics", "total", "rows.values"}, "", []string{"order_line.shipped_at"}},
	{"R21", "ads 7d", []string{"metrics", "total", "rows.key"}, "", []string{"ads_day"}},
	{"R22", "returns 7d", []string{"metrics", "total", "rows.key"}, "returns 2011-10-01..2011-10-07", nil},
	{"R23", "complaints 7d", []string{"total", "usual", "causes.count", "items.spike"}, "", []string{"review"}},
	{"R24", "counterfeit", []string{"total", "causes"}, "", []string{"review"}},
	{"R25", "nps", []string{"parts.score", "parts.satisfied"}, "", []string{"review"}},
	{"R26", "why yesterday", []string{"now", "before", "change", "mix.price", "mix.volume", "mix.mix", "rest"}, "why 2011-10-05", nil},
	{"R27", "forecast", []string{"known", "history.paid", "days.mean", "days.low", "days.high", "sum.mean", "month"}, "forecast", nil},
}

// TestRowsAsJSON asks every question of the team for a program, on the demo and
// on real orders without anything else: the figures that are documented are
// there, and what the orders lack is named.
func TestRowsAsJSON(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a shop first")
	}
	w := &world{ctx: t.Context(), dir: t.TempDir(), heard: map[string]int{}}
	if err := w.open([]string{"en"}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	for _, r := range answeredRows {
		var out bytes.Buffer
		o := AskOptions{Lang: "en", At: w.demo.Clock.Now(), Format: AsJSON, Text: r.ask, Out: &out}
		if err := answer(t.Context(), w.demo.App.envs[0], o); err != nil {
			t.Errorf("%s, %s: %v", r.row, r.ask, err)
			continue
		}
		checkKeys(t, r, out.Bytes())
	}
}

// TestRowsOfOrdersAlone does so on the UCI orders.
func TestRowsOfOrdersAlone(t *testing.T) {
	dir, c := importUCI(t)
	for _, r := range answeredRows {
		var out bytes.Buffer
		text := r.onUCI
		if text == "" {
			text = r.ask
		}
		err := Ask(t.Context(), AskOptions{
			Config: c, Dir: dir, Lang: "en", At: time.Date(2011, 11, 1, 9, 0, 0, 0, time.UTC), Format: AsJSON, Text: text, Out: &out, Logger: slog.New(slog.DiscardHandler),
		})
		if r.onUCI != "" {
			if err != nil {
				t.Errorf("%s, %s: %v", r.row, text, err)
			}
			continue
		}
		var no struct {
			Text    string   `json:"no_answer"`
			Missing []string `json:"missing"`
		}
		if !errors.Is(err, ErrNo) || json.Unmarshal(out.Bytes(), &no) != nil || no.Text == "" || strings.Contains(no.Text, "uci_gifts:") || !slices.Equal(no.Missing, r.lacks) {
			t.Errorf("%s, %s: %v\n%s", r.row, text, err, out.Bytes())
		}
	}
	itemsOfOrdersAlone(t, dir, c)
}

// itemsOfOrdersAlone finds an item by its code and by what the orders call it, and
// ranks items, in a shop that brings neither a catalogue nor a panel.
func itemsOfOrdersAlone(t *testing.T, dir string, c *config.Config) {
	t.Helper()
	for question, want := range map[string]string{
		"sku 85099B":                           "JUMBO BAG RED RETROSPOT",
		"how is jumbo bag red retrospot doing": "£19.4K",
		"gmv sku=85099b 2011-10-05":            "£660.93",
		"top 2011-10-05 top 3":                 "REGENCY CAKESTAND 3 TIER leads",
		"what sold best on 2011-10-05":         "REGENCY CAKESTAND 3 TIER leads",
		"sku 99999Z":                           "No item matches",
	} {
		var out bytes.Buffer
		err := Ask(t.Context(), AskOptions{
			Config: c, Dir: dir, Lang: "en", At: time.Date(2011, 11, 1, 9, 0, 0, 0, time.UTC), Text: question, Out: &out, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, without %q:\n%s", question, err, want, out.String())
		}
	}
}

// importUCI fills a store with the orders of some weeks.
func importUCI(t *testing.T) (dir string, c *config.Config) {
	t.Helper()
	data := os.Getenv("SHOPWATCH_TEST_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(data, "uci-retail", "2011-*.csv"))
	if err != nil || len(files) == 0 {
		t.Skipf("no orders below %s", data)
	}
	name := filepath.Join("..", "..", "docs", "examples", "uci-retail.yaml")
	c, _, err = config.Load(name, nil, config.Options{CheckCron: CheckCron})
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	err = Import(t.Context(), ImportOptions{Config: c, Dir: dir, Files: files, Out: new(bytes.Buffer), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return dir, c
}

// checkKeys looks for the documented keys, in the rows of lists, too, and for
// numbers that JSON has no words for.
func checkKeys(t *testing.T, r answeredRow, b []byte) {
	t.Helper()
	var all any
	if err := json.Unmarshal(b, &all); err != nil {
		t.Errorf("%s, %s: %v", r.row, r.ask, err)
		return
	}
	for _, key := range r.keys {
		if !holds(all, strings.Split(key, ".")) {
			t.Errorf("%s, %s: there is no %s in %.300s", r.row, r.ask, key, b)
		}
	}
}

// holds reports whether path leads to something in v; a list holds what one of
// its rows holds.
func holds(v any, path []string) bool {
	if list, ok := v.([]any); ok {
		return len(path) == 0 || slices.ContainsFunc(list, func(row any) bool { return holds(row, path) })
	}
	if len(path) == 0 {
		return true
	}
	in, ok := v.(map[string]any)
	if !ok {
		return false
	}
	next, ok := in[path[0]]
	return ok && holds(next, path[1:])
}

// TestRowsAreAllAsked: every row from R1 to R27 is in the table.
func TestRowsAreAllAsked(t *testing.T) {
	asked := map[string]bool{}
	for _, r := range answeredRows {
		asked[r.row] = true
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "rows.md"))
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 27; n++ {
		row := fmt.Sprint("R", n)
		if !asked[row] || !regexp.MustCompile(`(?m)^\|? ?`+row+`\b`).Match(text) {
			t.Errorf("%s is not asked, or not in docs/rows.md", row)
		}
	}
}
