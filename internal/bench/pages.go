package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"shopwatch/internal/benchdata"
)

// A page of a listing: a thousand items of about 335 bytes.
const (
	pageItems     = 1000
	distinctPages = 32
)

// listingPage is the page as a program would declare it that decodes by
// encoding/json.
type listingPage struct {
	Total int `json:"total"`
	Data  struct {
		Items []listingItem `json:"items"`
	} `json:"data"`
}

type listingItem struct {
	SKU        string `json:"sku"`
	Channel    string `json:"channel"`
	Title      string `json:"title"`
	Price      string `json:"price"`
	Rival      string `json:"rival_price"`
	Stock      int64  `json:"stock"`
	Units      int64  `json:"units"`
	Orders     int64  `json:"orders"`
	GMV        string `json:"gmv"`
	Visits     int64  `json:"visits"`
	Carts      int64  `json:"carts"`
	Complaints int64  `json:"complaints"`
	Refunds    int64  `json:"refunds"`
	Image      string `json:"image"`
	State      string `json:"state"`
}

// listingYAML declares the same page to the product.
const listingYAML = `
sources:
- id: bench
  shop: bench
  fact: panel
  driver: http
  allow_private: true
  request: {url: "@URL@", max_body: 4000000, query: {packed: "@PACKED@"}}
  page: {type: number, param: page, size: {param: size, value: 1000}, total: .total, max: 1000000}
  bulk: {items: .data.items, parallel: @PARALLEL@}
  fields:
    sku: {key: sku}
    channel: {key: channel}
    price: {key: price, unit: major, currency: CNY}
    rival_price: {key: rival_price, unit: major, currency: CNY}
    stock: {key: stock}
    units: {key: units}
    orders: {key: orders}
    gmv: {key: gmv, unit: major, currency: CNY}
    visits: {key: visits}
    carts: {key: carts}
    complaints: {key: complaints}
    refunds: {key: refunds}
`

// pageOf writes page n of a listing of total items.
func pageOf(seed uint64, n, total int) []byte {
	s := benchdata.New(benchdata.Options{SKUs: pageItems, Seed: seed + uint64(n)})
	h := benchdata.NewHour(pageItems)
	for range 12 { // noon
		s.Next(h)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"code":0,"message":"ok","total":%d,"data":{"page":%d,"items":[`, total, n+1)
	for i := range pageItems {
		if i > 0 {
			b.WriteByte(',')
		}
		id := n*pageItems + i
		fmt.Fprintf(&b, `{"sku":"SK%08d","channel":"tmall","title":"户外折叠椅便携式露营超轻靠背钓鱼凳月亮椅沙滩躺椅 %05d 旗舰店正品","price":%q,"rival_price":%q,"stock":%d,"units":%d,"orders":%d,"gmv":%q,"visits":%d,"carts":%d,"complaints":%d,"refunds":%d,"image":"img.example/i%08d.jpg","state":"onsale"}`,
			id, i, yuan(int64(h.Price[i])), yuan(int64(h.Rival[i])), h.Stock[i], h.Units[i], h.Orders[i], yuan(h.GMV[i]), h.Visits[i], h.Carts[i], h.Complaints[i], h.Refunds[i], id)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// pageServer serves pages that are ready beforehand, so that what is measured is
// the reader.
type pageServer struct {
	plain, packed [distinctPages][]byte
}

// newPageServer makes a listing of total items.
func newPageServer(seed uint64, total int) (*pageServer, error) {
	s := &pageServer{}
	for n := range distinctPages {
		s.plain[n] = pageOf(seed, n, total)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(s.plain[n]); err != nil {
			return nil, err
		}
		if err := z.Close(); err != nil {
			return nil, err
		}
		s.packed[n] = b.Bytes()
	}
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *pageServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 {
		http.Error(w, "page", http.StatusBadRequest)
		return
	}
	body := s.plain[(n-1)%distinctPages]
	if q.Get("packed") == "yes" && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = s.packed[(n-1)%distinctPages]
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a reader that has gone needs no answer
}

// servePages serves a listing on loopback until in ends, and writes its address
// to out.
func servePages(ctx context.Context, seed uint64, total int, in io.Reader, out io.Writer) error {
	s, err := newPageServer(seed, total)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	fmt.Fprintf(out, "http://%s/items\n", l.Addr())
	_, _ = io.Copy(io.Discard, in) // until whoever started it closes the pipe
	err = srv.Close()
	if e := <-done; e != nil && !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}
