package source

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every parameter and field that the order mapping of the tests names exists in
// the platform's public reference.
func TestNamesOfThePlatform(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testData(t, "taobao-api"), "taobao_trades_sold_increment_get.json"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`"name":\s*"([a-z_0-9]+)"`).FindAllStringSubmatch(string(text), -1) {
		known[m[1]] = true
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil || len(known) < 100 {
		t.Fatal(len(known), err)
	}
	specs, err := ParseSpecs("x.yaml", []byte(strings.ReplaceAll(topYAML, "URL", "https://eco.taobao.com")), topEnv)
	if err != nil {
		t.Fatal(err)
	}
	s := specs[0]
	wanted := strings.Split(s.http.form["fields"], ",")
	wanted = append(wanted, s.http.page.param, s.http.page.size, s.http.window.start, s.http.window.end, "fields", "use_has_next", "total_results")
	for _, f := range s.mapping.fields {
		for _, p := range f.from.alts {
			wanted = append(wanted, p.keys[len(p.keys)-1])
		}
	}
	for _, w := range wanted {
		if !known[w] {
			t.Errorf("the platform does not know %q", w)
		}
	}
}
