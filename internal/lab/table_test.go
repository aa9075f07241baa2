package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// echo passes rows on with their value doubled.
var echo = Verb{Name: "echo", Inputs: []string{"FILE"}, New: func(*flag.FlagSet) func(*Session) error {
	return func(s *Session) error {
		t, err := s.Table(0, "timestamp", "value")
		if err != nil {
			return err
		}
		defer t.Close()
		out, err := t.Extend("double", "kind")
		if err != nil {
			return err
		}
		for row := range t.Rows() {
			row.Time("timestamp")
			v, known := row.Number("value")
			switch {
			case !row.OK():
			case known:
				out.Row(row, 2*v, "known")
			default:
				out.Row(row, nil, "unknown")
			}
		}
		return errors.Join(out.Close(), t.Err())
	}
}}

// run runs a verb on text and returns what it wrote.
func run(t *testing.T, v Verb, s Session, in string, args ...string) (out, errs string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	s.In, s.Out, s.Err = strings.NewReader(in), &o, &e
	flags := flag.NewFlagSet(v.Name, flag.ContinueOnError)
	run := v.New(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	err = s.Run(run, v)
	return o.String(), e.String(), err
}

// TestPassesOn: a file from a spreadsheet, with a mark, Windows line ends,
// several forms of time, a quoted text with a comma and a missing value.
func TestPassesOn(t *testing.T) {
	in := "\ufefftimestamp, Value ,note\r\n2026-11-22 08:00:00,1.5,\"a, b\"\r\n2026-11-22T09:00:00+08:00,,x\r\n2026/11/22,-3e2,\r\n2026-11-22 08:00:00.000000,0,\r\n"
	out, errs, err := run(t, echo, Session{}, in)
	want := "timestamp,Value,note,double,kind\n2026-11-22 08:00:00,1.5,\"a, b\",3,known\n2026-11-22T09:00:00+08:00,,x,,unknown\n" +
		"2026/11/22,-3e2,,-600,known\n2026-11-22 08:00:00.000000,0,,0,known\n"
	if err != nil || errs != "" || out != want {
		t.Errorf("%v %q\n%s\nwant\n%s", err, errs, out, want)
	}
	out, _, err = run(t, echo, Session{JSON: true}, in)
	var rows []map[string]any
	if err != nil || json.Unmarshal([]byte(out), &rows) != nil || len(rows) != 4 {
		t.Fatalf("%v\n%s", err, out)
	}
	if rows[0]["double"] != 3.0 || rows[0]["note"] != "a, b" || rows[1]["Value"] != nil || rows[1]["double"] != nil {
		t.Errorf("rows %v", rows)
	}
}

// TestBadRows: each is told with its line; output stops at the first, and goes
// on without them when asked to.
func TestBadRows(t *testing.T) {
	in := "timestamp,value\n2026-11-22,1\nyesterday,2\n2026-11-23,\"1,200\"\n2026-11-24,4,5\n2026-11-25,inf\n2026-11-26,\xff\n2026-11-27,a\"b\n2026-11-28,7\n"
	out, errs, err := run(t, echo, Session{}, in)
	if !errors.Is(err, ErrBadRows) || !strings.HasPrefix(err.Error(), "6 bad rows") || out != "timestamp,value,double,kind\n2026-11-22,1,2,known\n" {
		t.Errorf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`standard input:3: timestamp: "yesterday" is no timestamp`, `:4: value: "1,200" is no number`, ":5: 3 cells, the header has 2",
		`:6: value: "inf" is too large`, ":7: not UTF-8", `:8: bare " in non-quoted`,
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not in\n%s", want, errs)
		}
	}
	out, errs, err = run(t, echo, Session{SkipBad: true}, in)
	if err != nil || !strings.HasSuffix(out, "2026-11-28,7,14,known\n") || !strings.Contains(errs, "6 bad rows were left out") {
		t.Errorf("%v %s\n%s", err, errs, out)
	}
}

func TestManyBadRows(t *testing.T) {
	_, errs, err := run(t, echo, Session{}, "timestamp,value\n"+strings.Repeat("x,1\n", 100))
	if err == nil || strings.Count(errs, "is no timestamp") != shown || !strings.Contains(errs, "and 80 more bad rows") {
		t.Errorf("%v\n%s", err, errs)
	}
}

func TestRefusedInputs(t *testing.T) {
	for name, c := range map[string]struct{ in, says string }{
		"empty":         {"", "is empty: the first line names the columns timestamp,value"},
		"other columns": {"time,v\n", `no column "timestamp"`},
		"twice":         {"value,Value,timestamp\n", "stands there twice"},
		"not text":      {"timestamp,value\xff\n", "UTF-8"},
		"would clash":   {"timestamp,value,double\n", "rename it"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := run(t, echo, Session{}, c.in); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
	_, _, err := run(t, echo, Session{Files: []string{"no-such.csv"}}, "")
	if err == nil || !strings.Contains(err.Error(), "no-such.csv: no such file") {
		t.Error(err)
	}
	_, _, err = run(t, echo, Session{Files: []string{"a", "b"}}, "")
	if _, usage := errors.AsType[UsageError](err); !usage {
		t.Errorf("two files for one: %v", err)
	}
}

func TestReadsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte("timestamp,value\n2026-11-22,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := run(t, echo, Session{Files: []string{path}}, "")
	if err != nil || !strings.HasSuffix(out, "2026-11-22,1,2,known\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestEmptyOutput: a header alone is an answer, and valid JSON.
func TestEmptyOutput(t *testing.T) {
	out, _, err := run(t, echo, Session{JSON: true}, "timestamp,value\n")
	if err != nil || strings.TrimSpace(out) != "[]" {
		t.Errorf("%v %q", err, out)
	}
}

// FuzzTable: whatever the bytes, rows are read or told, and nothing panics.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"timestamp,value\n2026-11-22,1\n", "\ufeffvalue,timestamp\r\n\"\n\"\"\"", "a,b\n\n\n", "timestamp,value\n,\n\"x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, errs, err := run(t, echo, Session{SkipBad: true, JSON: true}, string(in))
		if err == nil && !json.Valid([]byte(out)) {
			t.Errorf("%q: invalid JSON %q (%s)", in, out, errs)
		}
	})
}
