package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"shopwatch/internal/analysis"
)

// example reads the example configuration at the top of the repository.
func example(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestExampleLoads(t *testing.T) {
	c := load(t, string(example(t)))
	if len(c.Markets()) != 1 || len(c.Markets()[0].Targets) != 32 || len(c.Post) != 2 {
		t.Errorf("the example lost something: %d shops, %d targets, %d posts",
			len(c.Markets()), len(c.Markets()[0].Targets), len(c.Post))
	}
	// What the example writes for a key with a default is that default.
	d := Default()
	d.Slack.Mode = "socket"
	c.Rules.Watch = nil // rules are added by name and have no default
	for name, pair := range map[string][2]any{
		"schedule": {c.Schedule, d.Schedule}, "rules": {c.Rules, d.Rules}, "storage": {c.Storage, d.Storage},
		"logs": {c.Logs, d.Logs}, "web.listen": {c.Web.Listen, d.Web.Listen}, "slack.mode": {c.Slack.Mode, d.Slack.Mode},
		"slack.api_url": {c.Slack.APIURL, d.Slack.APIURL}, "language": {c.Language, d.Language},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: the example has %v, the default is %v", name, pair[0], pair[1])
		}
	}
}

// TestExampleExplains: every key stands in the example; a key on a line of its
// own has a comment in both languages that gives its default.
func TestExampleExplains(t *testing.T) {
	lines := strings.Split(string(example(t)), "\n")
	eachField(reflect.TypeFor[Config](), func(f field) {
		inText := regexp.MustCompile(`(^|[\s{,])` + f.name + `:`)
		own := regexp.MustCompile(`^ *(- )?` + f.name + `:`)
		found, explained := false, false
		for i, line := range lines {
			if strings.HasPrefix(strings.TrimSpace(line), "#") || !inText.MatchString(line) {
				continue
			}
			found = true
			if comment := above(lines, i); own.MatchString(line) && comment != "" {
				explained = explained || saysDefault(comment, f)
			} else if !own.MatchString(line) {
				explained = true
			}
		}
		if !found {
			t.Errorf("the example lacks %s", f.name)
		}
		if !explained && !section(f.Type) {
			t.Errorf("no comment gives the default of %s in both languages", f.name)
		}
	})
}

// above is the comment before line i.
func above(lines []string, i int) string {
	var comment []string
	for i--; i >= 0 && strings.Contains(lines[i], "#") && regexp.MustCompile(`^ *(- )?#`).MatchString(lines[i]); i-- {
		comment = append(comment, lines[i])
	}
	return strings.Join(comment, "\n")
}

func saysDefault(comment string, f field) bool {
	text, ok := f.Tag.Lookup("default")
	switch {
	case ok:
		return strings.Contains(comment, "Default "+text) && strings.Contains(comment, "默认 "+text) ||
			strings.Contains(comment, `Default "`+text) && strings.Contains(comment, `默认 "`+text)
	case f.required:
		return strings.Contains(comment, "Required") && strings.Contains(comment, "必填")
	}
	return strings.Contains(comment, "efault") && strings.Contains(comment, "默认") ||
		strings.Contains(comment, "Required in") && strings.Contains(comment, "必填") ||
		strings.Contains(comment, "left out") && strings.Contains(comment, "可省略")
}

// TestRuleDefaults: a limit has one default, whether the file names it or not.
func TestRuleDefaults(t *testing.T) {
	got, want := Default().Rules, analysis.Defaults()
	for name, pair := range map[string][2]float64{
		"material":                  {got.Material, want.Money.Floor},
		"gmv_drop.min_drop":         {got.GMVDrop.MinDrop, want.GMV.Drop},
		"rival_move.min_cut":        {got.RivalMove.MinCut, want.Price.Cut},
		"stock_out.cover_days":      {got.StockOut.CoverDays, want.Stock.Cover},
		"stock_out.top":             {float64(got.StockOut.Top), float64(want.Stock.Hits)},
		"complaint_spike.min_count": {float64(got.ComplaintSpike.MinCount), float64(want.Complaints.Min)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("rules.%s is %v here and %v in the analysis", name, pair[0], pair[1])
		}
	}
}

func TestBuiltinRules(t *testing.T) {
	var ids []string
	for _, s := range analysis.Registry() {
		ids = append(ids, string(s.ID))
	}
	if !reflect.DeepEqual(ids, builtinRules) {
		t.Errorf("rules here %v, in the analysis %v", builtinRules, ids)
	}
}

// keyBudget is how many keys a person may be asked to understand: 60 for the
// shop, a dozen for the ages of what the store keeps and for who is told, those
// of one rule, six for the digests, and what the workspace takes in a minute.
const keyBudget = 94

// TestKeyBudget: entries of a list inside a shop count once.
func TestKeyBudget(t *testing.T) {
	var count func(reflect.Type, int) int
	count = func(t reflect.Type, depth int) (n int) {
		for _, f := range fieldsOf(t) {
			switch {
			case section(f.Type):
				n += count(f.Type, depth)
			case f.Type.Kind() == reflect.Slice && section(f.Type.Elem()) && depth == 0:
				n += count(f.Type.Elem(), depth+1)
			default:
				n++
			}
		}
		return n
	}
	if n := count(reflect.TypeFor[Config](), 0); n > keyBudget {
		t.Errorf("%d keys, at most %d", n, keyBudget)
	}
}

func TestSchema(t *testing.T) {
	var got bytes.Buffer
	if err := WriteSchema(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "config.schema.json")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
		t.Error("config.schema.json is not current: UPDATE=1 go test ./internal/config")
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("config.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("config.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(tree(t, example(t))); err != nil {
		t.Errorf("the example does not fit the schema: %v", err)
	}
	for _, wrong := range []string{"colour: red", "shops: [{}]", "shops: [{id: a}]\nlanguage: fr", "shops: [{id: a}]\nslack: {bot_token: abc}"} {
		if compiled.Validate(tree(t, []byte(wrong))) == nil {
			t.Errorf("the schema accepts %q", wrong)
		}
	}
}

// tree decodes YAML into what the schema validator takes.
func tree(t *testing.T, raw []byte) any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(asJSON, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
