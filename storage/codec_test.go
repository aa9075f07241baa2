package storage

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shopwatch/internal/market"
	"shopwatch/storage/column"
)

func testCodec(t testing.TB) *codec {
	t.Helper()
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

var wideTable = &market.Table{
	Name: "wide", Shape: market.Events, Key: []string{"k"}, Day: "day",
	Columns: []market.Column{
		{Name: "k", Kind: market.Text},
		{Name: "day", Kind: market.Date},
		{Name: "n", Kind: market.Int},
		{Name: "m", Kind: market.Money},
		{Name: "s", Kind: market.Text},
		{Name: "id", Kind: market.Text},
	},
}

func drawBatch(t *rapid.T) *market.Batch {
	b := market.NewBatch(wideTable, 0)
	nulls := rapid.IntRange(0, 3).Draw(t, "nulls")
	for range rapid.IntRange(0, 200).Draw(t, "rows") {
		i := b.Append()
		for c, col := range wideTable.Columns {
			switch {
			case nulls > 0 && rapid.IntRange(0, 3*nulls).Draw(t, "null") == 0:
			case c == 5:
				b.SetText(i, c, fmt.Sprint(rapid.IntRange(0, 1<<50).Draw(t, "id")))
			case col.Kind == market.Text:
				b.SetText(i, c, rapid.SampledFrom([]string{"", "a", "0", "007", "上海", "x\x00y", strings.Repeat("z", 300)}).Draw(t, "text"))
			default:
				b.SetInt(i, c, rapid.Int64().Draw(t, "int"))
			}
		}
	}
	return b
}

func mustSchema(t testing.TB, table *market.Table) *schema {
	t.Helper()
	s, err := newSchema(table, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameVector(a, b *market.Vector, n int) bool {
	if !slices.Equal(a.Ints, b.Ints) || !slices.Equal(a.Texts, b.Texts) {
		return false
	}
	for i := range n {
		if a.Null.Get(i) != b.Null.Get(i) {
			return false
		}
	}
	return true
}

func TestBlockRoundTrip(t *testing.T) {
	c, s := testCodec(t), mustSchema(t, wideTable)
	rapid.Check(t, func(t *rapid.T) {
		batch := drawBatch(t)
		var rows []int32
		rev := make([]int64, batch.Len())
		for i := range batch.Len() {
			rev[i] = int64(i / 3)
			if i%5 != 4 { // a choice of rows, not all
				rows = append(rows, int32(i))
			}
		}
		b, err := c.parseBlock(c.encodeRows(s, batch, rows, rev))
		if err != nil || b.Rows != len(rows) {
			t.Fatalf("parse: %v", err)
		}
		for col, def := range wideTable.Columns {
			got, err := b.vector(s.ids[col], def.Kind == market.Text)
			if err != nil {
				t.Fatal(err)
			}
			var want market.Vector
			appendPicked(&want, batch.Col(col), 0, rows)
			if !sameVector(&got, &want, len(rows)) {
				t.Fatalf("column %s: %+v came back as %+v", def.Name, want, got)
			}
		}
	})
}

// TestChangeRoundTrip takes two states of a column through its difference.
func TestChangeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, now := drawBatch(t), drawBatch(t)
		n := min(base.Len(), now.Len())
		for c, col := range wideTable.Columns {
			a, b := cutVector(base.Col(c), n), cutVector(now.Col(c), n)
			got := cloneVector(&a)
			raw := appendChange(nil, &a, &b, 0, n)
			if raw != nil {
				if err := applyChange(&column.Reader{B: raw}, &got, 0, n); err != nil {
					t.Fatal(err)
				}
			}
			if !sameVector(&got, &b, n) {
				t.Fatalf("column %s: %+v to %+v came out as %+v", col.Name, a, b, got)
			}
		}
	})
}

func cutVector(v *market.Vector, n int) market.Vector {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	var out market.Vector
	if v.Texts != nil {
		out.Texts = []string{}
	}
	appendPicked(&out, v, 0, rows)
	return out
}

func TestSeal(t *testing.T) {
	key := []byte("key")
	sealed := seal("space", key, []byte("payload"))
	if got, err := unseal("space", key, sealed); string(got) != "payload" || err != nil {
		t.Fatalf("unseal = %q, %v", got, err)
	}
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			if _, err := unseal("space", key, bad); err == nil {
				t.Errorf("bit %d of byte %d flipped: not noticed", bit, i)
			}
		}
	}
	for name, try := range map[string]func() ([]byte, error){
		"another key":   func() ([]byte, error) { return unseal("space", []byte("kex"), sealed) },
		"another space": func() ([]byte, error) { return unseal("spacf", key, sealed) },
		"cut":           func() ([]byte, error) { return unseal("space", key, sealed[:len(sealed)-1]) },
		"empty":         func() ([]byte, error) { return unseal("space", key, nil) },
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestKeysKeepOrder compares the order of parts with the order of their bytes.
func TestKeysKeepOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "a", "a\x00", "a\x00b", "ab", "b", "\x00", "\xff"})
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		i := time.Unix(0, rapid.Int64().Draw(t, "i"))
		j := time.Unix(0, rapid.Int64().Draw(t, "j"))
		want := strings.Compare(a, b)
		if want == 0 {
			want = i.Compare(j)
		}
		ka, kb := keyTime(keyText(nil, a), i), keyTime(keyText(nil, b), j)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("(%q, %v) and (%q, %v): %d, want %d", a, i, b, j, got, want)
		}
		if s, rest, ok := cutText(ka); !ok || s != a || len(rest) != 8 {
			t.Fatalf("%q read back as %q", a, s)
		}
	})
	if got := instant(nanos(time.Time{})); !got.IsZero() {
		t.Errorf("the zero time came back as %v", got)
	}
}

func TestDirectoryRoundTrip(t *testing.T) {
	d := &directory{
		day: -3, newest: 1 << 40, next: 12, blocks: []blockInfo{{3, 1}, {11, chunkRows}},
		zones: []zone{{0, math.MinInt64, math.MaxInt64}, {254, -1, 5}},
	}
	got, err := parseDirectory(-3, d.bytes())
	if err != nil || !reflect.DeepEqual(got, d) {
		t.Errorf("%+v came back as %+v, %v", d, got, err)
	}
}

// FuzzBlock feeds anything to the decoder of blocks: it must neither panic nor
// return vectors of a wrong length, nor ask for memory without bound.
func FuzzBlock(f *testing.F) {
	c, s := testCodec(f), mustSchema(f, wideTable)
	b := market.NewBatch(wideTable, 0)
	for k := range 40 {
		i := b.Append()
		b.SetText(i, 0, fmt.Sprint("key", k))
		b.SetInt(i, 2, int64(k%3))
		b.SetText(i, 5, fmt.Sprint(k*7919))
	}
	all := make([]int32, b.Len())
	for i := range all {
		all[i] = int32(i)
	}
	f.Add(c.encodeRows(s, b, all, nil))
	f.Add(c.encodeRows(s, b, all[:1], []int64{9}))
	f.Add([]byte{1, blockRows, 0, 32, 1, 2, 3, 0, 0, 0, 0, column.NullsNone, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := c.parseBlock(in)
		if err != nil {
			return
		}
		for col, def := range wideTable.Columns {
			text := def.Kind == market.Text
			v, err := b.vector(s.ids[col], text)
			if err == nil && len(v.Ints)+len(v.Texts) != b.Rows {
				t.Fatalf("%d values in a block of %d rows", len(v.Ints)+len(v.Texts), b.Rows)
			}
			if r, found, err := b.Raw(s.ids[col], nil); found && err == nil {
				change := market.Vector{Ints: make([]int64, b.Rows)}
				if text {
					change = market.Vector{Texts: make([]string, b.Rows)}
				}
				_ = applyChange(&r, &change, 0, b.Rows)
			}
		}
		if _, err := parseDirectory(0, in); err == nil && len(in) == 0 {
			t.Fatal("an empty directory was read")
		}
		_, _ = parseHead(1, in)
	})
}
