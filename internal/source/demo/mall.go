package demo

import (
	"sync"
	"time"

	"shopwatch/internal/market"
)

// Mall is the demo marketplace. It is safe for concurrent use.
type Mall struct {
	opt   Options
	epoch time.Time  // local midnight at which the history begins
	day0  market.Day // the same as a date
	start int        // index of Start's day; earlier days are history
	last  int        // index of the last day of the world
	dates []string   // of all days and some beyond, "2006-01-02"

	cat      catalogue
	pace     pace
	plan     plan
	pairs    perChannel
	offers   []offer
	demand   demand
	tops     map[string]topMethod
	apiPaths map[string]apiMethod

	mu   sync.Mutex // guards generation; see ledger
	book *ledger

	memo memo
}

// New builds a shop. Orders are generated when they are first asked for.
func New(o Options) (*Mall, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	y, mo, d := o.Start.In(zone).Date()
	m := &Mall{
		opt:   o,
		epoch: time.Date(y, mo, d-o.Days, 0, 0, 0, 0, zone),
		start: o.Days,
		last:  o.Days + MaxAhead,
	}
	ey, emo, ed := m.epoch.Date()
	m.day0 = market.DateOf(ey, emo, ed)
	for i := range m.last + beyond {
		m.dates = append(m.dates, (m.day0 + market.Day(i)).String())
	}
	m.cat = newCatalogue(o)
	m.pace = newPace(o.Seed, m.day0, m.last+beyond, m.start)
	m.demand = newDemand(m)
	m.plan = newPlan(m)
	m.pairs = newPerChannel(m.cat.skus)
	m.offers = m.matched()
	m.book = newLedger(m)
	m.tops = topMethods()
	m.apiPaths = apiMethods()
	return m, nil
}

// beyond is how many days past its end the world has a calendar, for moments
// that are announced there.
const beyond = 60

// second is an instant of the world: seconds since epoch. never is an instant
// that does not come.
type second int32

const (
	never   second = 1<<31 - 1
	daySecs        = 86400
)

// now is the injected clock in seconds of the world, held inside it.
func (m *Mall) now() second { return m.at(m.opt.Now()) }

func (m *Mall) at(t time.Time) second {
	return second(min(max(t.Unix()-m.epoch.Unix(), 0), int64(m.last)*daySecs-1))
}

// window turns bounds into seconds without holding the end inside the world,
// so that an empty window stays empty.
func (m *Mall) window(start, end time.Time) (lo, hi second) {
	hold := func(t time.Time) second {
		return second(min(max(t.Unix()-m.epoch.Unix(), 0), int64(m.last)*daySecs))
	}
	return hold(start), hold(end)
}

func (m *Mall) time(s second) time.Time { return m.epoch.Add(time.Duration(s) * time.Second) }

// clock makes an instant from a day index and a time of day.
func clock(day, hour, minute int) second {
	return second(day*daySecs + hour*3600 + minute*60)
}

func (s second) day() int  { return int(s) / daySecs }
func (s second) hour() int { return int(s) % daySecs / 3600 }
