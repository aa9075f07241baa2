package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// market and the like stand for packages of ours in the table below.
const (
	market   = "internal/market "
	metric   = "internal/metric "
	analysis = "internal/analysis "
	methods  = "internal/analysis/* "
	alert    = "internal/alert "
	chat     = "internal/chat "
	outbox   = "internal/outbox "
	access   = "internal/access "
	card     = "internal/card "
	chart    = "internal/chart "
	i18n     = "internal/i18n "
	report   = "internal/report "
	evidence = "internal/evidence "
	source   = "internal/source "
	gate     = "internal/gate "
	storage  = "storage "
	series   = "storage/series "
	notify   = "internal/notify "
	audience = "internal/audience "
)

// allowed lists, for each package, the packages of ours and the third-party
// modules it may import directly. The standard library is always allowed. A
// package missing from this table is an error: adding one is a decision, made
// here and in docs/architecture.md in the same change.
var allowed = map[string]string{
	"":                  "internal/cli golang.org/x/crypto/x509roots/fallback",
	"internal/market":   "",
	"internal/chat":     "",
	"internal/i18n":     "github.com/nicksnyder/go-i18n/v2 golang.org/x/text",
	"internal/config":   market + "github.com/goccy/go-yaml github.com/santhosh-tekuri/jsonschema/v6",
	"internal/metric":   market,
	"internal/analysis": market + metric + "internal/analysis/* gonum.org/v1/gonum",
	"internal/alert":    market + analysis,
	"internal/access":   market + chat,
	"internal/outbox":   market + chat + "golang.org/x/time",
	"internal/audience": market + alert + chat + outbox,
	"internal/chart":    chat + "git.sr.ht/~sbinet/gg golang.org/x/image",
	"internal/card":     market + metric + analysis + methods + alert + chat + i18n + report + audience,
	"storage":           market + metric + alert + chat + outbox + access + audience + "storage/column",
	"storage/column":    market + "github.com/klauspost/compress",
	"storage/series":    market + storage + "storage/column",
	"storage/bolt":      storage + "go.etcd.io/bbolt",
	"storage/postgres":  storage + "github.com/jackc/pgx/v5",
	"internal/gate":     market,
	"internal/report":   market + metric + analysis + methods + alert + outbox + storage + series,
	"internal/evidence": market + analysis + alert + report + card + chat + i18n + storage + series,
	"internal/source": market + "internal/source/page github.com/go-resty/resty/v2 github.com/itchyny/gojq github.com/goccy/go-yaml golang.org/x/text golang.org/x/time " +
		"github.com/jackc/pgx/v5 github.com/go-sql-driver/mysql github.com/xuri/excelize/v2",
	"internal/source/*": market + source + "github.com/go-resty/resty/v2 github.com/itchyny/gojq golang.org/x/text",
	"internal/notify":   market + alert + access + audience + card + chat + i18n + outbox + storage,
	"commands":          market + metric + analysis + methods + alert + report + card + chat + i18n + access + storage + series + outbox + notify + evidence + audience + "internal/export",
	"jobs":              market + metric + analysis + alert + report + card + chat + i18n + access + storage + series + outbox + notify + source + gate + evidence + audience + "internal/source/page github.com/robfig/cron/v3",
	"bot":               "commands " + market + chat + i18n + access + storage,
	"bot/slack":         chat + chart + "github.com/slack-go/slack github.com/gorilla/websocket",
	"bot/sandbox":       chat + chart + "github.com/gorilla/websocket",
	"bot/robot":         chat + chart + "github.com/go-resty/resty/v2",
	"internal/web":      market + metric + analysis + alert + report + chat + chart + i18n + access + storage + "github.com/prometheus/client_golang",
	"internal/export":   market + metric + report + "github.com/xuri/excelize/v2",
	"internal/app":      "*",
	"internal/cli":      "internal/app internal/bench internal/config internal/lab " + market + i18n + "github.com/spf13/cobra",
	"internal/archtest": "",

	// Bulk listings and what measures them.
	"internal/source/page": market,
	"internal/benchdata":   "",
	// One package a method, which the rules of analysis and the lab share.
	"internal/analysis/*":        market + metric + "gonum.org/v1/gonum",
	"internal/analysis/forecast": "internal/analysis/count",
	"internal/analysis/restock":  "internal/analysis/count gonum.org/v1/gonum",
	"internal/lab":               market + metric + analysis + "internal/analysis/*",
	"internal/bench":             "internal/benchdata " + market + metric + analysis + report + chat + source + storage + "storage/bolt storage/series github.com/go-resty/resty/v2",

	// Support for tests: a conformance suite beside each seam.
	"internal/source/sourcetest": market + source + testLibraries,
	"storage/storagetest":        storage + market + alert + analysis + chat + outbox + access + testLibraries,
	"internal/chat/chattest":     chat + testLibraries,
	"bot/sandbox/npmtest":        "",
	"internal/wiretest":          "",

	"internal/analysis/analysistest": "",
}

const testLibraries = "pgregory.net/rapid github.com/google/go-cmp github.com/rogpeppe/go-internal"

// rule finds the row of a package; rows with a star serve the packages below.
func rule(pkg string) (string, bool) {
	if row, ok := allowed[pkg]; ok {
		return row, true
	}
	keys := make([]string, 0, len(allowed))
	for key := range allowed {
		keys = append(keys, key)
	}
	// The longer pattern is the closer one.
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	for _, key := range keys {
		if ok, _ := path.Match(key, pkg); ok {
			return allowed[key], true
		}
	}
	return "", false
}

func TestImports(t *testing.T) {
	for _, p := range ours(t) {
		row, ok := rule(p.name())
		if !ok {
			t.Errorf("package %q has no row in the import table", p.name())
			continue
		}
		for _, imp := range p.Imports {
			if !permitted(strings.Fields(row), imp) {
				t.Errorf("%s may not import %s", p.name(), imp)
			}
			if forTests(imp) && !forTests(p.ImportPath) {
				t.Errorf("%s imports %s, which is for tests only", p.name(), imp)
			}
		}
		for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
			if strings.Contains(imp, "/mock") || strings.Contains(imp, "testify") || strings.HasPrefix(imp, "go.uber.org/mock") {
				t.Errorf("the tests of %s import %s: use the real store, the sandbox or a recorded reply", p.name(), imp)
			}
		}
	}
}

// forTests tells support packages: storagetest, sourcetest.
func forTests(imp string) bool {
	return strings.HasPrefix(imp, module+"/") && strings.HasSuffix(imp, "test") && path.Base(imp) != "archtest"
}

func permitted(row []string, imp string) bool {
	name, mine := strings.CutPrefix(imp, module+"/")
	if !mine && !thirdParty(imp) {
		return true // standard library
	}
	return slices.ContainsFunc(row, func(r string) bool {
		below, star := strings.CutSuffix(r, "/*")
		return r == "*" || r == name || mine && star && path.Dir(name) == below || !mine && (imp == r || strings.HasPrefix(imp, r+"/"))
	})
}

func thirdParty(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return strings.Contains(first, ".")
}

// pure packages compute: values in, values out. With each stands what it may
// reach outside the standard library, also through others.
var pure = map[string]string{
	"internal/market":   "",
	"internal/gate":     "",
	"internal/metric":   "",
	"internal/analysis": "gonum.org/v1/gonum",
	"internal/alert":    "gonum.org/v1/gonum",
	"internal/chat":     "",
	"internal/access":   "",
	"internal/outbox":   "golang.org/x/time",
	"internal/audience": "gonum.org/v1/gonum golang.org/x/time",
	"internal/i18n":     "github.com/nicksnyder/go-i18n/v2 golang.org/x/text",
	"internal/chart":    "git.sr.ht/~sbinet/gg golang.org/x/image github.com/golang/freetype golang.org/x/text golang.org/x/sys",
}

// touches are standard packages with which something other than a value comes
// in or goes out.
var touches = []string{"net/http", "database/sql", "os/exec"}

func TestPurePackages(t *testing.T) {
	all := packages(t)
	for _, p := range ours(t) {
		outside, ok := pure[p.name()]
		if path.Dir(p.name()) == "internal/analysis" && !forTests(p.ImportPath) {
			outside, ok = pure["internal/analysis"], true
		}
		if !ok {
			continue
		}
		for _, imp := range p.Imports {
			if imp == "os" || imp == "net" {
				t.Errorf("%s must stay pure but imports %s", p.name(), imp)
			}
		}
		for dep, via := range reach(all, p.ImportPath) {
			if slices.Contains(touches, dep) || thirdParty(dep) && !permitted(strings.Fields(outside), dep) {
				t.Errorf("%s must stay pure but reaches %s through %s", p.name(), dep, via)
			}
		}
	}
	// Cards are built from reports, whose functions read the store. What a
	// card may not do is read anything itself.
	for _, p := range ours(t) {
		for _, imp := range p.Imports {
			if p.name() == "internal/card" && (imp == "os" || imp == "net" || imp == "context" || slices.Contains(touches, imp)) {
				t.Errorf("internal/card imports %s: a card is made of values", imp)
			}
		}
	}
}

// TestTableIsCurrent finds rows for packages that are no more. Packages that
// are decided on but not built yet are named here.
func TestTableIsCurrent(t *testing.T) {
	planned := []string{"storage/postgres", "bot/robot"}
	var names []string
	for _, p := range ours(t) {
		names = append(names, p.name())
	}
	for key := range allowed {
		if !slices.Contains(names, key) && !strings.HasSuffix(key, "test") && !strings.Contains(key, "*") && !slices.Contains(planned, key) {
			t.Errorf("the import table has a row for %q, which does not exist", key)
		}
	}
}

// TestRunsAnywhere: the binary brings its own time zones and CA roots, so that
// it works in an empty container.
func TestRunsAnywhere(t *testing.T) {
	deps := reach(packages(t), module)
	for _, need := range []string{"time/tzdata", "golang.org/x/crypto/x509roots/fallback"} {
		if _, ok := deps[need]; !ok {
			t.Errorf("the binary does not link %s", need)
		}
	}
}
