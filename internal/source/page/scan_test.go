package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

var goods = Layout{
	Items: []string{"data", "items"},
	Fields: []Field{
		{Key: "sku", Kind: Text, Required: true},
		{Key: "channel", Kind: Text, Required: true},
		{Key: "price", Kind: Number, Scale: 2, Limit: 1<<31 - 1},
		{Key: "stock", Kind: Number, Limit: 1<<31 - 1},
		{Key: "gmv", Kind: Number, Scale: 2},
	},
}

// show writes rows a line each, a dash for what is unknown, then the refusals.
func show(r *Rows, l Layout) string {
	var b strings.Builder
	for i := range r.Len() {
		for f := range r.Cols {
			c := &r.Cols[f]
			switch {
			case !c.Known(i):
				b.WriteString("- ")
			case l.Fields[f].Kind == Text:
				fmt.Fprintf(&b, "%q ", c.Text(i))
			default:
				fmt.Fprintf(&b, "%d ", c.Ints[i])
			}
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%d refused %v", r.Refused, r.Refusals)
	return b.String()
}

func doc(items string) []byte {
	return []byte(`{"code":0,"data":{"total":7,"items":[` + items + `],"next":"x"}}`)
}

func TestScan(t *testing.T) {
	const plainItem = `{"sku":"A1","title":"折叠椅 \"户外\"","channel":"tmall","price":"12.30","stock":4,"gmv":19.9}`
	for _, c := range []struct {
		name, items, want string
		fast              bool
	}{
		{"plain", plainItem, `"A1" "tmall" 1230 4 1990 `, true},
		{"spaces between", " { \"sku\" : \"A1\" ,\n\"channel\":\"t\", \"price\" : 5 , \"stock\" : -3 , \"gmv\":\"0.01\" } ", `"A1" "t" 500 -3 1 `, true},
		{"null and absent are unknown", `{"sku":"A1","channel":"t","price":null}`, `"A1" "t" - - - `, true},
		{"whole numbers as identifiers", `{"sku":5200001,"channel":"t"}`, `"5200001" "t" - - - `, true},
		{"other members in any order", `{"x":{"sku":"no","l":[1,{"a":null}]},"gmv":1,"channel":"t","sku":"A1","y":[true,false,-1.5e+3]}`, `"A1" "t" - - 100 `, true},
		{"an empty text is unknown", `{"sku":"A1","channel":"t","price":"","stock":" "}`, `"A1" "t" - - - `, false},
		{"escapes in an identifier", `{"sku":"A\u0031","channel":"t"}`, `"A1" "t" - - - `, false},
		{"the last of a doubled key counts", `{"sku":"A1","channel":"t","stock":1,"stock":2}`, `"A1" "t" - 2 - `, false},
		{"exponents", `{"sku":"A1","channel":"t","price":1.5e1,"stock":"2E2"}`, `"A1" "t" 1500 200 - `, false},
		{"zeros behind the decimals kept", `{"sku":"A1","channel":"t","price":12.3000,"stock":4.0}`, `"A1" "t" 1230 4 - `, false},
		{"the largest amount", `{"sku":"A1","channel":"t","gmv":92233720368547758.07}`, `"A1" "t" - - 9223372036854775807 `, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows Rows
			s := New(goods)
			rest, err := s.Scan(doc(c.items), &rows)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := show(&rows, goods), c.want+"\n0 refused []"; got != want {
				t.Errorf("rows\n%s\nwant\n%s", got, want)
			}
			if s.Fallbacks() == 0 != c.fast {
				t.Errorf("%d pages were left to encoding/json", s.Fallbacks())
			}
			var envelope map[string]any
			if err := json.Unmarshal(rest, &envelope); err != nil {
				t.Fatalf("the rest %s: %v", rest, err)
			}
			if data := envelope["data"].(map[string]any); data["next"] != "x" || len(data["items"].([]any)) != 0 {
				t.Errorf("the rest is %s", rest)
			}
		})
	}
}

func TestScanRefuses(t *testing.T) {
	const rest = `,{"sku":"B","channel":"t","stock":1}`
	for _, c := range []struct{ name, item, why string }{
		{"decimals that would be lost", `{"sku":"A","channel":"t","price":12.345}`, "item 1: price: has more decimals than the column keeps"},
		{"NaN as text", `{"sku":"A","channel":"t","price":"NaN"}`, "item 1: price: not a number"},
		{"a unit behind the number", `{"sku":"A","channel":"t","price":"12元"}`, "item 1: price: not a number"},
		{"a flag", `{"sku":"A","channel":"t","stock":true}`, "item 1: stock: neither a number nor a text"},
		{"nested", `{"sku":"A","channel":"t","stock":{"n":1}}`, "item 1: stock: neither a number nor a text"},
		{"too large for the column", `{"sku":"A","channel":"t","stock":2147483648}`, "item 1: stock: 2147483648 is larger than 2147483647"},
		{"too large for any", `{"sku":"A","channel":"t","gmv":1e40}`, "item 1: gmv: too large"},
		{"no identifier", `{"channel":"t","stock":1}`, "item 1: sku: missing, and no row is complete without it"},
		{"a fraction as identifier", `{"sku":1.5,"channel":"t"}`, "item 1: sku: 1.5 is no identifier"},
		{"no object", `7`, "item 1: not an object"},
		{"null", `null`, "item 1: not an object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows Rows
			if _, err := New(goods).Scan(doc(c.item+rest), &rows); err != nil {
				t.Fatal(err)
			}
			want := "\"B\" \"t\" - 1 - \n1 refused [" + c.why + "]"
			if got := show(&rows, goods); got != want {
				t.Errorf("rows\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestScanFails: a page that is not what was declared leaves the rows of the
// pages before it as they were.
func TestScanFails(t *testing.T) {
	good := doc(`{"sku":"A","channel":"t","stock":1}`)
	for _, c := range []struct {
		name, body string
		list       bool
	}{
		{"cut off", string(good[:len(good)-9]), false},
		{"a comma too many", `{"data":{"items":[{"sku":"B","channel":"t"},]}}`, false},
		{"a control character", "{\"data\":{\"items\":[{\"sku\":\"B\",\"channel\":\"t\",\"title\":\"a\x01\"}]}}", false},
		{"something behind", string(good) + "x", false},
		{"an error instead of data", `{"error":"busy"}`, true},
		{"an object instead of a list", `{"data":{"items":{}}}`, true},
		{"nothing", ``, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows Rows
			s := New(goods)
			if _, err := s.Scan(good, &rows); err != nil {
				t.Fatal(err)
			}
			before := show(&rows, goods)
			_, err := s.Scan([]byte(c.body), &rows)
			if err == nil || errors.Is(err, ErrNoList) != c.list {
				t.Errorf("error %v", err)
			}
			if got := show(&rows, goods); got != before {
				t.Errorf("rows\n%s\nwant\n%s", got, before)
			}
		})
	}
}

// FuzzScan: what the scanner reads by itself is what encoding/json reads.
func FuzzScan(f *testing.F) {
	for _, items := range []string{
		`{"sku":"A1","title":"折叠椅","channel":"tmall","price":"12.30","stock":4,"gmv":19.9}`,
		`{"sku":5,"channel":"t","price":null,"stock":"-0"},{"channel":"t","sku":"é","x":[{"a":1e5},"\u00e9\/"]}`,
		`{"sku":"A","channel":"t","gmv":123456789012345.67},null,{"sku":"","channel":"t"}`,
		"{\"sku\":\"A\xff\",\"channel\":\"t\"}",
	} {
		f.Add(doc(items))
	}
	f.Add([]byte("\ufeff{\"data\":{\"items\":null,\"items\":[]}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		var fast, slow Rows
		s := New(goods)
		envelope, err := s.Scan(body, &fast)
		if s.Fallbacks() > 0 {
			return
		}
		if err != nil {
			t.Fatal("only encoding/json finds errors", err)
		}
		r := New(goods)
		slow.cut(0, len(goods.Fields))
		other, err := r.decode(body, &slow)
		if err != nil {
			t.Fatalf("encoding/json: %v", err)
		}
		if a, b := show(&fast, goods), show(&slow, goods); a != b {
			t.Errorf("scanned\n%s\ndecoded\n%s", a, b)
		}
		var x, y any
		if err := errors.Join(json.Unmarshal(envelope, &x), json.Unmarshal(other, &y)); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(x)
		b, _ := json.Marshal(y)
		if !bytes.Equal(a, b) {
			t.Errorf("rest of the document %s and %s", a, b)
		}
	})
}

// listing is a page of n items as marketplaces send them, 335 bytes each.
func listing(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"code":0,"message":"ok","data":{"page":1,"total":1000000,"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"SK%08d","channel":"tmall","title":"户外折叠椅便携式露营超轻靠背钓鱼凳月亮椅沙滩躺椅 %05d 旗舰店正品包邮","price":"%d.90","rival_price":"%d.50","stock":%d,"units":%d,"orders":%d,"gmv":"%d.80","visits":%d,"carts":%d,"complaints":0,"refunds":0,"image":"img.example/i%08d.jpg","state":"onsale"}`,
			i, i, 20+i%400, 19+i%400, i%900, i%3, i%2, (i%3)*(20+i%400), i%40, i%7, i)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

// panel are the columns of a bulk listing.
var panel = Layout{Items: []string{"data", "items"}, Fields: []Field{
	{Key: "sku", Kind: Text, Required: true},
	{Key: "channel", Kind: Text, Required: true},
	{Key: "price", Kind: Number, Scale: 2},
	{Key: "rival_price", Kind: Number, Scale: 2},
	{Key: "stock", Kind: Number},
	{Key: "units", Kind: Number},
	{Key: "orders", Kind: Number},
	{Key: "gmv", Kind: Number, Scale: 2},
	{Key: "visits", Kind: Number},
	{Key: "carts", Kind: Number},
	{Key: "complaints", Kind: Number},
	{Key: "refunds", Kind: Number},
}}

// TestScanAllocates: a page costs no memory per row.
func TestScanAllocates(t *testing.T) {
	body, rows, s := listing(1000), Rows{}, New(panel)
	scan := func() {
		rows.Reset()
		if _, err := s.Scan(body, &rows); err != nil || rows.Len() != 1000 {
			t.Fatal(rows.Len(), err)
		}
	}
	scan()
	if n := testing.AllocsPerRun(20, scan); n > 0 {
		t.Errorf("%v allocations a page", n)
	}
}

func BenchmarkScanPage(b *testing.B) {
	body := listing(1000)
	b.Run("scanner", func(b *testing.B) {
		rows, s := Rows{}, New(panel)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			rows.Reset()
			if _, err := s.Scan(body, &rows); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds()/1e6, "Mrows/s")
	})
	b.Run("encoding-json", func(b *testing.B) {
		type item struct {
			SKU, Channel, Title                 string
			Price, GMV                          json.Number
			Rival                               json.Number `json:"rival_price"`
			Stock, Units, Orders, Visits, Carts int64
			Complaints, Refunds                 int64
		}
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var v struct{ Data struct{ Items []item } }
			if err := json.Unmarshal(body, &v); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds()/1e6, "Mrows/s")
	})
}
