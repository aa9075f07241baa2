package demo

import (
	"fmt"
	"time"
)

// Options describe the shop. The zero value is the default demo.
type Options struct {
	// Seed decides everything that is left to chance.
	Seed uint64
	// SKUs is the size of the catalogue, 100 to 1,000,000; default 2000. Only
	// the 20,000 best sellers have sales; the rest of a larger catalogue has
	// prices and stock that stand still.
	SKUs int
	// Orders is the number of orders on an ordinary day; default 2000.
	Orders int
	// Start is "this morning": the moment around which incidents are planned;
	// default 2026-11-22 07:50 in Asia/Shanghai.
	Start time.Time
	// Days is the length of the history before Start's day; default 90.
	Days int
	// Horizon is how many days after Start incidents are planned; default 30.
	// The shop goes on selling for MaxAhead days.
	Horizon int
	// Now is the clock: nothing later is served. Nil stands still at Start.
	Now func() time.Time
	// Skew is how far a signed request's timestamp may be from Now; default
	// 10 minutes, as on the real platform. A demo on an accelerated clock may
	// need more.
	Skew time.Duration

	// AppKey, Secret and Session sign calls to /router/rest; Token is the
	// bearer token of /api/. They guard nothing and default to DemoAppKey,
	// DemoSecret, DemoSession and DemoToken, which Specs names.
	AppKey, Secret, Session, Token string
}

// Credentials of the demo shop. They open nothing but this package's server.
const (
	DemoAppKey  = "12345678"
	DemoSecret  = "demo-secret"
	DemoSession = "demo-session"
	DemoToken   = "demo-token"
)

// MaxAhead is how many days after Start the world can be asked about; later
// moments are answered as of its end.
const MaxAhead = 400

// maxSellers bounds how many SKUs have simulated sales.
const maxSellers = 20000

// zone is Asia/Shanghai without the time zone database: it has had no summer
// time since 1991, and seconds of the world count from a local midnight.
var zone = time.FixedZone("Asia/Shanghai", 8*3600)

func (o Options) withDefaults() (Options, error) {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	text := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	def(&o.SKUs, 2000)
	def(&o.Orders, 2000)
	def(&o.Days, 90)
	def(&o.Horizon, 30)
	text(&o.AppKey, DemoAppKey)
	text(&o.Secret, DemoSecret)
	text(&o.Session, DemoSession)
	text(&o.Token, DemoToken)
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 11, 22, 7, 50, 0, 0, zone)
	}
	if o.Skew == 0 {
		o.Skew = 10 * time.Minute
	}
	if o.Now == nil {
		start := o.Start
		o.Now = func() time.Time { return start }
	}
	for _, c := range []struct {
		name      string
		v, lo, hi int
	}{
		{"SKUs", o.SKUs, 100, 1_000_000},
		{"Orders", o.Orders, 20, 500_000},
		{"Days", o.Days, 1, 800},
		{"Horizon", o.Horizon, 0, MaxAhead},
	} {
		if c.v < c.lo || c.v > c.hi {
			return o, fmt.Errorf("demo shop: %s is %d, want %d to %d", c.name, c.v, c.lo, c.hi)
		}
	}
	return o, nil
}
