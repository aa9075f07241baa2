package market

import "time"

// Names that are easily mixed up have types of their own.
type (
	// ShopID names a shop in configuration and keys.
	ShopID string
	// SKU is the house's own stock-keeping unit, the same on every channel.
	SKU string
	// Channel is where a shop sells: the Tmall flagship, the supermarket, Taote.
	Channel string
	// Unit is a business unit: apparel, beauty, digital.
	Unit string
	// Category is a shelf inside a unit.
	Category string
	// Region is where buyers live.
	Region string
)

// Name is a name in both languages of the product. An empty En means the same
// as Zh and the other way round.
type Name struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

// In returns the name in a language tag that starts with "zh", else English.
func (n Name) In(lang string) string {
	if zh := len(lang) >= 2 && lang[:2] == "zh"; zh && n.Zh != "" || n.En == "" {
		return n.Zh
	}
	return n.En
}

// Label is an id with its name.
type Label struct {
	ID   string `json:"id" yaml:"id"`
	Name Name   `json:"name" yaml:"name"`
	// Words are further names under which people ask for it.
	Words []string `json:"words,omitempty" yaml:"words,omitempty"`
}

// Band is a price band: items whose paid unit price lies in [From, To). To 0
// has no upper end.
type Band struct {
	Label `yaml:",inline"`
	From  Fen `json:"from" yaml:"from"`
	To    Fen `json:"to" yaml:"to"`
}

// Shop is one shop with the dimensions that its questions are asked in.
type Shop struct {
	ID       ShopID
	Name     Name
	Currency Currency
	Zone     *time.Location
	// DayStart is when the business day begins, after local midnight.
	DayStart time.Duration
	Units    []Label
	Channels []Label
	Regions  []Label
	Bands    []Band
	Calendar Calendar
	Targets  []Target
	Industry []Industry
}

// Industry is how long stock lies in the industry before it is sold, in a unit or one
// of its categories.
type Industry struct {
	Unit         Unit
	Category     Category // empty is the whole unit
	TurnoverDays float64  // above 0
}

// Day is the business day that holds t.
func (s *Shop) Day(t time.Time) Day {
	y, m, d := t.In(s.Zone).Add(-s.DayStart).Date()
	return DateOf(y, m, d)
}

// Start is the instant at which business day d begins.
func (s *Shop) Start(d Day) time.Time {
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, s.Zone).Add(s.DayStart)
}

// Window spans the business days from..to, both included.
func (s *Shop) Window(from, to Day) Window {
	return Window{Start: s.Start(from), End: s.Start(to + 1)}
}

// Local returns t in the shop's zone.
func (s *Shop) Local(t time.Time) time.Time { return t.In(s.Zone) }

// Band returns the band of a unit price, and false when none holds it.
func (s *Shop) Band(price Fen) (Band, bool) {
	for _, b := range s.Bands {
		if price >= b.From && (b.To == 0 || price < b.To) {
			return b, true
		}
	}
	return Band{}, false
}
