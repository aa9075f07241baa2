package lab

import (
	"cmp"
	"slices"
	"time"

	"shopwatch/internal/market"
)

// Incident is something that a watcher should notice, or a trap.
type Incident struct {
	Kind string
	// Rule is that of the alerts that ought to notice it; empty for something
	// that need not be noticed. Also are those of alerts that it explains besides.
	Rule       string
	Also       []string
	Start, End time.Time
	About      About
}

// Raised is an alert that was told, in one place.
type Raised struct {
	Rule   string
	About  About
	At     time.Time
	Root   string // key of its root message
	Detail string // for people
	// Messages are roots and thread lines that told of it; those of a shared root
	// are shared.
	Messages int
}

// About is a subject; members that do not apply are empty. Member is
// "<dimension>=<value>", as of analysis.Subject.
type About struct {
	Unit   market.Unit
	SKU    market.SKU
	Rival  string
	Member string
}

// Run is one played shop.
type Run struct {
	Seed      uint64
	Incidents []Incident
	Raised    []Raised
	Roots     []time.Time // of every root message
	Messages  int         // every root and thread line
	Days      float64
}

// Figures are the marks of a kind, or of everything. A share with nothing to
// count is null in JSON.
type Figures struct {
	Incidents int      `json:"incidents"`
	Found     int      `json:"found"`
	False     int      `json:"false_alarms"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	// Lead is the median time from the first alert to the end of the cause: the
	// time left to act. Delay is the median from the start of the cause to the
	// alert; an alert that warns ahead makes it negative.
	Lead             *float64 `json:"lead_time_minutes"`
	Delay            *float64 `json:"delay_minutes"`
	RootsPerIncident *float64 `json:"roots_per_incident"`
	MessagesPerDay   float64  `json:"messages_per_day"`
}

// Report is what lab scenarios writes.
type Report struct {
	Seeds       []uint64           `json:"seeds"`
	DaysPerSeed float64            `json:"days_per_seed"`
	Overall     Figures            `json:"overall"`
	Kinds       map[string]Figures `json:"kinds"`
	// BusiestDay is the largest number of roots that one channel got in a day.
	BusiestDay int `json:"busiest_day_roots"`
}

// margin is how far from its incident an alert may be and still be about it:
// stock is warned of ahead, complaints come in for two days afterwards.
var margin = map[string]struct{ before, after time.Duration }{
	"stock_out":       {48 * time.Hour, 6 * time.Hour},
	"complaint_spike": {0, 48 * time.Hour},
}

// usualMargin is that of the other rules.
const usualMargin = 6 * time.Hour

// about reports whether an alert may be about an incident: rule, time and
// subject agree, of which what both of them name is compared.
func (in Incident) about(a Raised) bool {
	if a.Rule != in.Rule && !slices.Contains(in.Also, a.Rule) {
		return false
	}
	m, ok := margin[a.Rule]
	if !ok {
		m.after = usualMargin
	}
	if a.At.Before(in.Start.Add(-m.before)) || a.At.After(in.End.Add(m.after)) {
		return false
	}
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	if differ(string(in.About.SKU), string(a.About.SKU)) || differ(in.About.Rival, a.About.Rival) || differ(in.About.Member, a.About.Member) {
		return false
	}
	sameItem := in.About.SKU != "" && a.About.SKU != ""
	return sameItem || !differ(string(in.About.Unit), string(a.About.Unit))
}

// owns reports whether an alert is one that ought to notice an incident.
func (in Incident) owns(a Raised) bool { return in.Rule != "" && a.Rule == in.Rule && in.about(a) }

// tally gathers the marks of one kind.
type tally struct {
	Figures
	leads, delays []float64
	roots         int
	matched       int // alerts
	messages      int
}

// Score holds what was told against what was to be noticed. An alert that no
// label explains is a false alarm, whatever its rule, and counts against every
// kind that its rule should notice.
func Score(runs []Run) Report {
	out := Report{Kinds: map[string]Figures{}}
	kinds, all := map[string]*tally{}, &tally{}
	falseOf := map[string]int{}
	rules := map[string]string{}
	for _, r := range runs {
		out.Seeds = append(out.Seeds, r.Seed)
		out.DaysPerSeed = r.Days
		out.BusiestDay = max(out.BusiestDay, busiest(r.Roots))
		all.messages += r.Messages
		owned := r.owned()
		for _, in := range r.Incidents {
			if in.Rule == "" {
				continue
			}
			k := kinds[in.Kind]
			if k == nil {
				k = &tally{}
				kinds[in.Kind], rules[in.Kind] = k, in.Rule
			}
			k.take(in, r.Raised, owned)
		}
		for _, a := range r.Raised {
			if r.explained(a) {
				all.matched++
			} else {
				falseOf[a.Rule]++
				all.False++
			}
		}
	}
	days := out.DaysPerSeed * float64(max(len(runs), 1))
	for name, k := range kinds {
		k.False = falseOf[rules[name]]
		out.Kinds[name] = k.figures(days)
		all.add(k)
	}
	out.Overall = all.figures(days)
	return out
}

// explained reports whether a label explains an alert.
func (r Run) explained(a Raised) bool {
	return slices.ContainsFunc(r.Incidents, func(in Incident) bool { return in.about(a) })
}

// owned says of each alert whether an incident's own rule raised it.
func (r Run) owned() []bool {
	out := make([]bool, len(r.Raised))
	for i, a := range r.Raised {
		out[i] = slices.ContainsFunc(r.Incidents, func(in Incident) bool { return in.owns(a) })
	}
	return out
}

// take marks one incident: it is found by an alert of its own rule. Its roots
// are those of its own alerts and of further ones that it alone explains.
func (k *tally) take(in Incident, raised []Raised, owned []bool) {
	k.Incidents++
	roots := map[string]bool{}
	first := -1
	for i, a := range raised {
		own := in.owns(a)
		if !own && (owned[i] || !in.about(a)) {
			continue
		}
		k.matched++
		k.messages += a.Messages
		roots[a.Root] = true
		if own && (first < 0 || a.At.Before(raised[first].At)) {
			first = i
		}
	}
	if first < 0 {
		return
	}
	k.Found++
	k.roots += len(roots)
	k.leads = append(k.leads, in.End.Sub(raised[first].At).Minutes())
	k.delays = append(k.delays, raised[first].At.Sub(in.Start).Minutes())
}

// add puts the incidents of a kind into the whole.
func (k *tally) add(x *tally) {
	k.Incidents += x.Incidents
	k.Found += x.Found
	k.roots += x.roots
	k.leads = append(k.leads, x.leads...)
	k.delays = append(k.delays, x.delays...)
}

func (k *tally) figures(days float64) Figures {
	f := k.Figures
	f.Precision = share(k.matched, k.matched+k.False)
	f.Recall = share(k.Found, k.Incidents)
	f.RootsPerIncident = share(k.roots, k.Found)
	f.Lead, f.Delay = median(k.leads), median(k.delays)
	if days > 0 {
		f.MessagesPerDay = float64(k.messages) / days
	}
	return f
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	v := float64(part) / float64(whole)
	return &v
}

func median(list []float64) *float64 {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.Sort(list)
	v := (list[(len(list)-1)/2] + list[len(list)/2]) / 2
	return &v
}

// busiest is the largest number of moments in any 24 hours.
func busiest(list []time.Time) int {
	list = slices.SortedFunc(slices.Values(list), time.Time.Compare)
	most, first := 0, 0
	for i, t := range list {
		for t.Sub(list[first]) >= 24*time.Hour {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// KindNames lists the kinds of a report, the ones with most incidents first.
func (r Report) KindNames() []string {
	var names []string
	for k := range r.Kinds {
		names = append(names, k)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Kinds[b].Incidents, r.Kinds[a].Incidents), cmp.Compare(a, b))
	})
	return names
}

// Misses describes each incident that nothing was raised for, and each alert
// that no incident explains.
func (r Run) Misses() []string {
	var out []string
	for _, in := range r.Incidents {
		if in.Rule != "" && !slices.ContainsFunc(r.Raised, in.owns) {
			out = append(out, "missed "+in.Kind+" "+in.Start.Format(time.DateTime)+" "+in.About.String())
		}
	}
	for _, a := range r.Raised {
		if !r.explained(a) {
			out = append(out, "unexplained "+a.Rule+" "+a.At.Format(time.DateTime)+" "+a.About.String()+": "+a.Detail)
		}
	}
	return out
}

func (a About) String() string {
	return string(a.Unit) + "/" + string(a.SKU) + "/" + a.Rival + "/" + a.Member
}
