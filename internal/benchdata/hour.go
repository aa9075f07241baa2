package benchdata

import (
	"encoding/binary"
	"hash/fnv"
)

// Hour is one hour of the catalogue, column by column; row i is item i. Prices
// and GMV are in fen, the rest are counts. Gauges (price, rival price, stock)
// stand at the end of the hour, the others are sums over it.
type Hour struct {
	Price, Rival, Stock []int32
	Units, Orders       []int32
	GMV                 []int64
	Visits, Carts       []int32
	Complaints, Refunds []int32
}

// NewHour is an Hour of n rows, all 0.
func NewHour(n int) *Hour {
	h := &Hour{GMV: make([]int64, n)}
	for _, c := range h.narrow() {
		*c = make([]int32, n)
	}
	return h
}

// narrow are the columns that fit 32 bits, in the order of Names without GMV.
func (h *Hour) narrow() []*[]int32 {
	return []*[]int32{&h.Price, &h.Rival, &h.Stock, &h.Units, &h.Orders, &h.Visits, &h.Carts, &h.Complaints, &h.Refunds}
}

// Names are the columns in the order in which Row gives them.
var Names = [10]string{"price", "rival_price", "stock", "units", "orders", "gmv", "visits", "carts", "complaints", "refunds"}

// Row is the values of one item in the order of Names.
func (h *Hour) Row(i int) [10]int64 {
	return [10]int64{
		int64(h.Price[i]), int64(h.Rival[i]), int64(h.Stock[i]), int64(h.Units[i]), int64(h.Orders[i]),
		h.GMV[i], int64(h.Visits[i]), int64(h.Carts[i]), int64(h.Complaints[i]), int64(h.Refunds[i]),
	}
}

// Len is the number of rows.
func (h *Hour) Len() int { return len(h.GMV) }

// Sum is the FNV-1a hash of all values, row by row in the order of Names, each
// as 8 bytes, little end first. Equal sums mean that two runs measured the same.
func (h *Hour) Sum() uint64 {
	sum := fnv.New64a()
	var b [80]byte
	for i := range h.Len() {
		for c, v := range h.Row(i) {
			binary.LittleEndian.PutUint64(b[c*8:], uint64(v))
		}
		_, _ = sum.Write(b[:]) // a hash never fails
	}
	return sum.Sum64()
}
