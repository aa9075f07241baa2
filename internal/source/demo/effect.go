package demo

// Effects are how incidents act on the world. In every one of them -1 means
// "any", and [from, to) is when it acts.

// demandStage is where in the funnel a demand effect acts.
type demandStage uint8

const (
	stageVisit   demandStage = iota // fewer or more visitors
	stageConvert                    // visitors do not order
	stagePay                        // orders are placed but the payment fails
	stageBasket                     // only cheap items are bought
)

type demandFx struct {
	from, to second
	stage    demandStage
	unit     int
	channel  int
	region   int
	rank     int32
	factor   float64 // below 1 thins, above 1 adds
	entry    int     // that extra visitors come through; -1 as usual
	members  bool    // extra buyers are members
}

func (f *demandFx) covers(at second, unit, channel, region int, rank int32) bool {
	return at >= f.from && at < f.to && any1(f.unit, unit) && any1(f.channel, channel) &&
		any1(f.region, region) && (f.rank < 0 || f.rank == rank)
}

func any1(want, have int) bool { return want < 0 || want == have }

// priceFx changes an own price. It shows the promotion's bounds when announced.
type priceFx struct {
	from, to  second
	rank      int32
	channel   int
	mul       float64
	announced second // from when the price file names it; never: when it acts
}

// rivalFx changes a rival's offer.
type rivalFx struct {
	from, to second
	rank     int32
	rival    int
	mul      float64
	drip     float64 // further factor a day: 0.98 is 2 % off each day
	coupon   int32   // percent of the price
	gift     string
	until    bool // the offer names its end
	gone     bool // out of stock
}

// stockFx is a stocktake: available stock becomes set on every channel, or on
// one. setDays is in days of ordinary demand.
type stockFx struct {
	at      second
	rank    int32
	channel int
	setDays float64
	add     bool // setDays is added
}

// supplyFx changes orders to suppliers that would be due in [from, to).
type supplyFx struct {
	from, to int     // days
	none     bool    // nothing is ordered
	late     int     // days later
	part     float64 // of the quantity arrives; 0: all
}

// voiceFx makes buyers complain in [from, to): want bad reviews and refund
// requests, about as many as are asked for.
type voiceFx struct {
	from, to        second
	rank            int32 // -1: any item, by region
	region          int
	reviews         float64
	refunds         float64
	cause           cause
	reviewP, claimP float64 // per line bought in the two weeks before; filled in by newPlan
}

// shipFx slows parcels to a region that leave in [from, to).
type shipFx struct {
	from, to second
	region   int
	days     float64
}

// feedMode is how a feed misbehaves.
type feedMode uint8

const (
	feedDown      feedMode = iota // answers with a service error
	feedLate                      // lags by three hours and says so
	feedHalf                      // pages of the second half are empty
	feedShrunk                    // claims to have only half
	feedRepeat                    // sends rows twice
	feedRestated                  // figures of the day before are low until corrected
	feedHundredth                 // a rival's prices are in the wrong unit
)

type feedFx struct {
	from, to second
	source   string
	mode     feedMode
	rival    int
}

// markFx marks a SKU: delisted, advertised, its cost raised.
type markFx struct {
	from, to second
	rank     int32
	factor   float64
}

// wordFx lifts the searches for a category.
type wordFx struct {
	from, to  int // days
	unit, cat int
	factor    float64
}

// plan is every incident with its effects, by the part of the world they act on.
type plan struct {
	incidents []Incident
	demand    []demandFx
	price     map[int32][]priceFx
	rival     map[int32][]rivalFx
	stock     []stockFx
	supply    map[int32][]supplyFx
	voice     []voiceFx
	ship      []shipFx
	feed      []feedFx
	delisted  []markFx
	held      []markFx // goods of cancelled orders are set aside
	adverts   []markFx
	costs     []markFx
	words     []wordFx
}

// feedState returns the effect on a source at an instant, nil when it is well.
func (p *plan) feedState(source string, at second) *feedFx {
	for i := range p.feed {
		if f := &p.feed[i]; f.source == source && at >= f.from && at < f.to {
			return f
		}
	}
	return nil
}

// markedAt returns the factor of a mark on a rank, and false when unmarked.
func markedAt(marks []markFx, rank int32, at second) (float64, bool) {
	for i := range marks {
		if f := &marks[i]; f.rank == rank && at >= f.from && at < f.to {
			return f.factor, true
		}
	}
	return 0, false
}
