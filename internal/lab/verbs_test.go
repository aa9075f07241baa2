package lab

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ran runs a verb on texts as its files and returns what it writes.
func ran(t *testing.T, v Verb, args []string, inputs ...string) (out, said string, err error) {
	t.Helper()
	flags := flag.NewFlagSet(v.Name, flag.ContinueOnError)
	run := v.New(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	s := Session{Out: &o, Err: &e}
	for i, text := range inputs {
		name := filepath.Join(t.TempDir(), string(rune('a'+i))+".csv")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Files = append(s.Files, name)
	}
	err = s.Run(run, v)
	return o.String(), e.String(), err
}

func TestClassify(t *testing.T) {
	out, said, err := ran(t, classify(), nil, "id,text\n7,瓶子漏液，客服不理人\n8,很好，很喜欢\n9,\n10,\"Looks like a fake, it broke\"\n")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out, "\n")
	for i, want := range []string{"id,text,label,cause,confidence,matched", "7,瓶子漏液，客服不理人,negative,SVC|PACK,0.", "8,很好，很喜欢,positive,OTHER,0.", "9,,,,,", `10,"Looks like a fake, it broke",negative,AUTH|QUAL,0.`} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d: %s, want %s…", i, lines[i], want)
		}
	}
	if !strings.Contains(said, "note: no text") {
		t.Errorf("said %q", said)
	}
	if _, _, err := ran(t, classify(), nil, "review\nx\n"); err == nil || !strings.Contains(err.Error(), `no column "text"`) {
		t.Errorf("without a text: %v", err)
	}
	if _, _, err := ran(t, classify(), []string{"-lexicon", "/nowhere"}, "text\nx\n"); err == nil || !strings.Contains(err.Error(), "read lexicon") {
		t.Errorf("no lexicon: %v", err)
	}
}

func TestTrainAndUse(t *testing.T) {
	model, said, err := ran(t, train(), []string{"-data", "ours"}, "category,label,review\na,1,good stuff\na,0,bad stuff\nb,positive,good thing\nb,negative,bad thing\n")
	if err != nil || !strings.Contains(said, "4 texts of 2 categories") {
		t.Fatalf("%v, said %q", err, said)
	}
	name := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(name, []byte(model), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := ran(t, classify(), []string{"-model", name}, "text\ngood\nbad\n")
	if err != nil || !strings.Contains(out, "good,positive") || !strings.Contains(out, "bad,negative") {
		t.Errorf("%v:\n%s", err, out)
	}
	if out, said, err := ran(t, train(), nil, "label,text\n1,good\nmaybe,bad\n"); err == nil || out != "" || !strings.Contains(said, `:3: label: "maybe"`) {
		t.Errorf("%v, %q, said %q", err, out, said)
	}
	if _, _, err := ran(t, train(), nil, "label,text\n1,good\n"); err == nil {
		t.Error("one label is enough")
	}
}

func TestExplain(t *testing.T) {
	before := "channel,visitors,buyers,sales\nflagship,10000,300,36000\nsecond,5000,50,3000\n"
	after := "sales,channel,visitors,buyers\n35046,flagship,9000,297\n6039,second,9000,99\n"
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"-funnel", "visitors,buyers,sales"}, `kind,rank,name,before,after,change,share,note
total,,sales,39000,41085,2085,,
part,,visitors,,,-1189.29922,-0.570407297,
part,,buyers/visitors,,,3799.50346,1.82230382,
part,,sales/buyers,,,-525.204248,-0.251896522,
`},
		{[]string{"-ratio", "buyers/visitors"}, `kind,rank,name,before,after,change,share,note
total,,buyers/visitors,0.0233333333,0.022,-0.00133333333,,too few cells to tell noise; moved the other way in every channel: the mix moved (Simpson's paradox)
part,,rates,,,0.00216666667,-1.625,
part,,mix,,,-0.0035,2.625,
`},
		{[]string{"-sum", "sales"}, `kind,rank,name,before,after,change,share,note
total,,sales,39000,41085,2085,,too few cells to tell noise
part,,channel=second,3000,6039,3039,1.45755396,
part,,channel=flagship,36000,35046,-954,-0.457553957,
`},
		{[]string{"-mix", "buyers,sales"}, `kind,rank,name,before,after,change,share,note
total,,sales,39000,41085,2085,,
part,,price,,,-522.5,-0.25059952,
part,,volume,,,4945.41071,2.37189962,
part,,mix,,,-2337.91071,-1.1213001,
cause,1,second,3000,6039,3039,1.45755396,"price 74.5, pieces 2964.5"
cause,2,flagship,36000,35046,-954,-0.457553957,"price -597, pieces -357"
`},
	} {
		out, _, err := ran(t, explainVerb(), tc.args, before, after)
		if err != nil || out != tc.want {
			t.Errorf("%v: %v\n%s", tc.args, err, out)
		}
	}
}

// TestExplainFindsTheSlice: 60 cells, one slice of which loses half.
func TestExplainFindsTheSlice(t *testing.T) {
	var before, after strings.Builder
	before.WriteString("channel,unit,region,orders\n")
	after.WriteString("channel,unit,region,orders\n")
	for c := range 5 {
		for u := range 3 {
			for r := range 4 {
				n := 200 + 10*c + 7*u + 3*r
				row := func(w *strings.Builder, n int) {
					w.WriteString(strings.Join([]string{"c" + string(rune('0'+c)), "u" + string(rune('0'+u)), "r" + string(rune('0'+r)), decimal(float64(n))}, ",") + "\n")
				}
				row(&before, n)
				if c == 2 && u == 1 {
					row(&after, n/2)
				} else {
					row(&after, n+(c+u+r)%5-2)
				}
			}
		}
	}
	out, _, err := ran(t, explainVerb(), nil, before.String(), after.String())
	if err != nil || !strings.Contains(out, "cause,1,channel=c2&unit=u1,") || strings.Contains(out, "cause,2") || !strings.Contains(out, "rest,,everything else") {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, err = ran(t, explainVerb(), nil, before.String(), before.String())
	if err != nil || strings.Contains(out, "cause") || !strings.Contains(out, ",0,,") {
		t.Errorf("nothing has changed: %v\n%s", err, out)
	}
}

func TestExplainRefuses(t *testing.T) {
	good := "channel,visitors,sales\na,1,2\n"
	for _, tc := range []struct {
		args          []string
		before, after string
		want          string
	}{
		{nil, good, good, "the measures are visitors, sales"},
		{[]string{"-sum", "sales", "-ratio", "sales/visitors"}, good, good, "exclude each other"},
		{[]string{"-ratio", "sales"}, good, good, "wants 2 to 2 columns"},
		{[]string{"-sum", "profit"}, good, good, `no column "profit"`},
		{[]string{"-sum", "sales"}, good, "channel,sales\na,many\n", "bad rows"},
		{[]string{"-sum", "sales"}, "visitors,sales\n1,2\n", "visitors,sales\n1,2\n", "no column of text"},
		{[]string{"-sum", "sales"}, "channel,sales\n", "channel,sales\n", "without rows"},
		{[]string{"-ratio", "sales/visitors"}, good, "channel,visitors,sales\na,1,-2\n", "is negative"},
	} {
		if _, _, err := ran(t, explainVerb(), tc.args, tc.before, tc.after); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want %q", tc.args, err, tc.want)
		}
	}
}

func TestLexiconIsText(t *testing.T) {
	out, _, err := ran(t, lexicon(), nil)
	if err != nil || !strings.Contains(out, "[counterfeit]") {
		t.Errorf("%v: %.80s", err, out)
	}
}
