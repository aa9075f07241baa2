package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"shopwatch/storage/bolt"
)

// run calls the program and returns what it said and its exit code.
func run(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = Main(args, &o, &e)
	return o.String(), e.String(), code
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown verb":            {[]string{"dmeo"}, exitUsage, "demo"},
		"unknown flag":            {[]string{"demo", "--sedd", "3"}, exitUsage, "--sedd"},
		"ask without a store":     {[]string{"ask", "gmv"}, exitUsage, "--data DIR"},
		"ask nothing":             {[]string{"ask"}, exitUsage, "requires"},
		"language":                {[]string{"ask", "--data", "x", "--lang", "fr", "gmv"}, exitUsage, "zh or en"},
		"transcript without span": {[]string{"demo", "--transcript", "t.json"}, exitUsage, "--until"},
		"speed":                   {[]string{"demo", "--speed", "0"}, exitUsage, "1 to 3600"},
		"no configuration":        {[]string{"check", "no-such.yaml"}, exitRefused, "no-such.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			out, errs, code := run(t, c.args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("exit %d, want %d; said %q %q, want %q in it", code, c.code, out, errs, c.says)
			}
		})
	}
}

// TestEveryVerbHelps: each verb has a line of help and an example.
func TestEveryVerbHelps(t *testing.T) {
	for _, verb := range (&terminal{}).root().Commands() {
		if verb.Short == "" || !strings.Contains(verb.Example, "shopwatch "+verb.Name()) {
			t.Errorf("%s lacks help or an example", verb.Name())
		}
	}
}

// TestBrokenConfiguration: everything that is wrong is told at once, with its
// place, and no secret is shown.
func TestBrokenConfiguration(t *testing.T) {
	path := write(t, "config.yaml", `shops:
  - id: s
    zone: Asia/Shangai
slack:
  bot_tokn: xoxb-canary-4711
  bot_token: ${BOT}
schedule:
  morning: "61 8 * * *"
`)
	out, errs, code := run(t, "serve", "-c", path, "--lang", "en")
	if code != exitRefused || out != "" {
		t.Errorf("exit %d, want %d; said %q", code, exitRefused, out)
	}
	for _, want := range []string{":3:11", ":5:3", ":8:12", "did you mean bot_token", "Asia/Shanghai"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not told:\n%s", want, errs)
		}
	}
	if strings.Contains(errs, "canary") {
		t.Errorf("a secret is shown:\n%s", errs)
	}
}

func TestCheckExample(t *testing.T) {
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SHOPWATCH_WEB_TOKEN", "TOP_KEY", "TOP_SECRET", "TOP_SESSION"} {
		t.Setenv(name, "x")
	}
	out, errs, code := run(t, "check", "../../docs/examples/uci-retail.yaml")
	if code != exitOK || !strings.Contains(out, "no problems; 1 shops, 2 sources") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// TestStoreIsHeld: a second process is told who holds the store.
func TestStoreIsHeld(t *testing.T) {
	dir := t.TempDir()
	held, err := bolt.Open(filepath.Join(dir, "shopwatch.db"), bolt.Options{InitialMmapSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := held.Close(); err != nil {
			t.Error(err)
		}
	}()
	_, errs, code := run(t, "ask", "--data", dir, "status")
	if code != exitRefused || !strings.Contains(errs, "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("exit %d, said %q, want the holder's pid", code, errs)
	}
}

const example = "../../docs/examples/uci-retail.yaml"

// TestImportRefuses: a broken row is counted and shown, a broken file is not
// taken at all, and what was taken before is left alone.
func TestImportRefuses(t *testing.T) {
	const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
	var rows strings.Builder
	for i := range 200 {
		rows.WriteString("1000" + strconv.Itoa(i) + ",A1,=HYPERLINK(1),1,2011-10-05 09:00:00,1.50,1.0,France\n")
	}
	good := write(t, "good.csv", head+rows.String()+"20001,A1,broken,two,2011-10-05 09:00:00,1.50,1.0,France\n")
	torn := write(t, "torn.csv", head+"1,A1,\"never closed,1,2011-10-06 09:00:00,1.50,1.0,France\n")
	dir := t.TempDir()
	out, errs, code := run(t, "import", "-c", example, "--data", dir, "uci_sales", good, torn)
	if code != exitNo || !strings.Contains(out, "1 files, 200 rows imported") || !strings.Contains(out, "1 files refused") ||
		!strings.Contains(out, "good.csv:202") {
		t.Errorf("exit %d:\n%s%s", code, out, errs)
	}
	out, _, _ = run(t, "import", "-c", example, "--data", dir, "uci_sales", good)
	if !strings.Contains(out, "1 files were there already") {
		t.Errorf("the same file again gives %s", out)
	}
	out, _, code = run(t, "ask", "--data", dir, "--lang", "en", "gmv 2011-10-05")
	if code != exitOK || !strings.Contains(out, "£300.00") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// TestImportDoubted: a file that empties every shelf at once is held back, the
// report says what to do, and --believe does it.
func TestImportDoubted(t *testing.T) {
	config := write(t, "config.yaml", `shops:
  - {id: s, currency: CNY, zone: Asia/Shanghai}
storage: {path: unused.db}
sources:
- {id: stock, shop: s, fact: inventory, driver: file, fields: {sku: {col: sku}, channel: {const: c}, available: {col: left}, listed: {const: "true"}}}
`)
	file := func(name string, left int) string {
		var b strings.Builder
		b.WriteString("sku,left\n")
		for i := range 200 {
			b.WriteString("s" + strconv.Itoa(i) + "," + strconv.Itoa(left) + "\n")
		}
		return write(t, name, b.String())
	}
	dir := t.TempDir()
	load := func(args ...string) (string, int) {
		out, errs, code := run(t, append([]string{"import", "-c", config, "--data", dir, "stock"}, args...)...)
		return out + errs, code
	}
	if out, code := load(file("monday.csv", 5)); code != exitOK || !strings.Contains(out, "1 files, 200 rows imported") {
		t.Fatalf("exit %d: %s", code, out)
	}
	tuesday := file("tuesday.csv", 0)
	for range 2 { // the same file again is no second witness
		out, code := load(tuesday)
		if code != exitNo || !strings.Contains(out, "tuesday.csv is held back, suspect: 200 of 200 rows are sold out at once; among them: s0, s1") ||
			!strings.Contains(out, "another file that says the same five minutes or more later, or this one with --believe") ||
			!strings.Contains(out, "0 rows imported") || !strings.Contains(out, "1 files held back with 200 rows") {
			t.Errorf("exit %d: %s", code, out)
		}
	}
	out, errs, code := run(t, "source", "list", "-c", config, "--data", dir)
	if code != exitOK || !strings.Contains(out, "suspect") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	if out, code := load(tuesday, "--believe"); code != exitOK || !strings.Contains(out, "1 files, 200 rows imported") {
		t.Errorf("exit %d: %s", code, out)
	}
}

type books struct{ placed, refunded map[string]*big.Rat } // by country and by hour "h9"

func (b books) add(to map[string]*big.Rat, key string, amount *big.Rat) {
	if to[key] == nil {
		to[key] = new(big.Rat)
	}
	to[key].Add(to[key], amount)
}

// independent sums a day's file without any of the product's code.
func independent(t *testing.T, file string) books {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	b := books{map[string]*big.Rat{}, map[string]*big.Rat{}}
	for _, r := range rows[1:] {
		price, ok := new(big.Rat).SetString(r[5])
		qty, okQty := new(big.Rat).SetString(r[3])
		if !ok || !okQty {
			t.Fatalf("%s: %v", file, r)
		}
		amount := price.Mul(price, qty)
		to := b.placed
		if strings.HasPrefix(r[0], "C") {
			to, amount = b.refunded, amount.Neg(amount)
		}
		hour := "h" + strings.TrimPrefix(r[4][11:13], "0")
		for _, key := range []string{"", r[7], hour} {
			b.add(to, key, amount)
		}
	}
	return b
}

func pennies(r *big.Rat) int64 {
	if r == nil {
		return 0
	}
	cents := new(big.Rat).Mul(r, big.NewRat(100, 1))
	f, _ := new(big.Float).SetRat(cents).Float64()
	if f < 0 {
		return -int64(-f + 0.5)
	}
	return int64(f + 0.5)
}

// TestRealShop imports two months of a real shop and compares what is answered
// with sums over the files: placed, refunded and net, by country and by hour.
func TestRealShop(t *testing.T) {
	data := os.Getenv("SHOPWATCH_TEST_DATA")
	if data == "" {
		data = "../../../shared/data"
	}
	files, err := filepath.Glob(filepath.Join(data, "uci-retail", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Skipf("no real orders in %s: set SHOPWATCH_TEST_DATA", data)
	}
	dir := t.TempDir()
	if out, errs, code := run(t, append([]string{"import", "-c", example, "--data", dir}, files...)...); code != exitOK {
		t.Fatalf("exit %d:\n%s%s", code, out, errs)
	}
	for _, day := range []string{"2011-09-15", "2011-10-05", "2011-10-31"} {
		want := independent(t, filepath.Join(data, "uci-retail", day+".csv"))
		for _, by := range []string{"region", "hour"} {
			compare(t, dir, day, by, want)
		}
	}
}

type answered struct {
	Sums  sums
	Parts []struct {
		Key  string
		Sums sums
	}
}

type sums struct{ Placed, Refunded int64 }

func compare(t *testing.T, dir, day, by string, want books) {
	t.Helper()
	out, errs, code := run(t, "ask", "--data", dir, "--json", "gmv "+day+" by "+by+" top 100")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got answered
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Sums.Placed != pennies(want.placed[""]) || got.Sums.Refunded != pennies(want.refunded[""]) {
		t.Errorf("%s: answered %+v, the file has %d and %d", day, got.Sums, pennies(want.placed[""]), pennies(want.refunded[""]))
	}
	seen := 0
	for _, p := range got.Parts {
		key := p.Key
		if by == "hour" {
			key = "h" + strings.TrimPrefix(key, "0")
		}
		if p.Sums.Placed != pennies(want.placed[key]) || p.Sums.Refunded != pennies(want.refunded[key]) {
			t.Errorf("%s %s: answered %+v, the file has %d and %d", day, key, p.Sums, pennies(want.placed[key]), pennies(want.refunded[key]))
		}
		if want.placed[key] != nil {
			seen++
		}
	}
	if seen == 0 {
		t.Errorf("%s by %s: no part was compared", day, by)
	}
}
