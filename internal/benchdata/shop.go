package benchdata

import "math"

// Options of a Shop.
type Options struct {
	SKUs int
	Seed uint64
	// Hot multiplies the visits of every item; 0 means 1.
	Hot float64
	// PerHour is how many steps an hour has: 1 (also when 0) or 4.
	PerHour int
}

// Rates that turn visits into the other flows. With them, of all items in an
// ordinary hour, 39 % are visited, 13 % put into a cart and 5 % sold.
const (
	cartRate      = 0.127
	unitRate      = 0.0308
	complaintRate = 0.0040 // per piece sold
	refundRate    = 0.06   // per piece sold
	flipRate      = 0.0444 // share of prices that change at 00:00 and at 10:00
	rivalRate     = 0.0104 // share of rival prices that are set anew in an hour, a few to what they were
	refillRate    = 0.71   // share of shelves whose stock is set anew at 02:00; what sold is always refilled
)

// diurnal is the share of an average hour's visits by hour of the day.
var diurnal = [24]float64{
	.62, .40, .26, .19, .18, .25, .42, .66, .90, 1.10, 1.22, 1.20,
	1.16, 1.12, 1.10, 1.12, 1.14, 1.16, 1.22, 1.38, 1.62, 1.78, 1.62, 1.08,
}

// Shop makes one hour after the other. It is not safe for concurrent use.
type Shop struct {
	opt    Options
	step   int
	visits []float32 // mean visits of an average hour
	base   []int32   // price when it is not cut
	level  []int32   // stock after a refill
	price  []int32
	rival  []int32
	stock  []int32
	cut    []bool
}

// New makes the shop as it stands before its first hour, which begins at
// midnight. Equal options give equal hours.
func New(o Options) *Shop {
	if o.Hot == 0 {
		o.Hot = 1
	}
	if o.PerHour == 0 {
		o.PerHour = 1
	}
	s := &Shop{
		opt: o, visits: make([]float32, o.SKUs), base: make([]int32, o.SKUs), level: make([]int32, o.SKUs),
		price: make([]int32, o.SKUs), rival: make([]int32, o.SKUs), stock: make([]int32, o.SKUs), cut: make([]bool, o.SKUs),
	}
	for i := range o.SKUs {
		r := stream{mix(o.Seed ^ mix(uint64(i)))}
		mean := math.Exp(-1 + 2*r.normal())
		s.visits[i] = float32(mean * o.Hot)
		s.base[i] = charm(40 * math.Exp(1.1*r.normal()))
		s.price[i] = s.base[i]
		s.rival[i] = charm(float64(s.base[i]) / 100 * (0.95 + 0.25*r.unit()))
		s.level[i] = int32(5 + mean*o.Hot*unitRate*24*3*(0.5+r.unit()))
		s.stock[i] = s.level[i]
	}
	return s
}

// Next writes the next step into h, which has a row per item. A step is an hour
// unless Options.PerHour says otherwise.
func (s *Shop) Next(h *Hour) {
	hour := s.step / s.opt.PerHour
	whole := s.step%s.opt.PerHour == 0 // what happens at the full hour happens once
	share := diurnal[hour%24] / float64(s.opt.PerHour)
	for i := range s.visits {
		r := stream{mix(s.opt.Seed^mix(uint64(i))) ^ mix(uint64(s.step)+0x9e37)}
		if whole {
			s.change(i, hour%24, &r)
		}
		if r.unit() < rivalRate/float64(s.opt.PerHour) {
			s.rival[i] = charm(float64(s.base[i]) / 100 * (0.85 + 0.3*r.unit()))
		}
		s.trade(i, float64(s.visits[i])*share, &r, h)
	}
	s.step++
}

// change flips the price at 00:00 and 10:00 and refills the stock at 02:00.
func (s *Shop) change(i, hour int, r *stream) {
	switch hour {
	case 0, 10:
		if r.unit() >= flipRate {
			return
		}
		s.cut[i] = !s.cut[i]
		s.price[i] = s.base[i]
		if s.cut[i] {
			s.price[i] = charm(float64(s.base[i]) / 100 * (0.70 + 0.25*r.unit()))
		}
	case 2:
		if s.stock[i] < s.level[i] || r.unit() < refillRate {
			s.stock[i] = s.level[i] + int32(r.unit()*float64(2+s.level[i]/4))
		}
	}
}

// trade draws the visits of a step and what comes of them.
func (s *Shop) trade(i int, mean float64, r *stream, h *Hour) {
	visits := r.poisson(mean)
	var carts, units, orders, complaints, refunds int32
	if visits > 0 {
		carts = r.poisson(float64(visits) * cartRate)
		units = min(r.poisson(float64(visits)*unitRate), s.stock[i])
	}
	if units > 0 {
		orders = units - units/4
		complaints = r.poisson(float64(units) * complaintRate)
		refunds = min(units, r.poisson(float64(units)*refundRate))
		s.stock[i] -= units
	}
	h.Price[i], h.Rival[i], h.Stock[i] = s.price[i], s.rival[i], s.stock[i]
	h.Units[i], h.Orders[i], h.GMV[i] = units, orders, int64(units)*int64(s.price[i])
	h.Visits[i], h.Carts[i], h.Complaints[i], h.Refunds[i] = visits, carts, complaints, refunds
}

// charm rounds yuan to a price that ends in 9 and returns fen.
func charm(yuan float64) int32 {
	switch {
	case yuan < 10:
		return int32(max(math.Round(yuan), 2))*100 - 10 // 8.90
	case yuan < 1000:
		return int32(math.Round(yuan))*100 - 10 // 38.90
	}
	return int32(min(math.Round(yuan/10), 1_000_000))*1000 - 100 // 1299.00
}
