package analysis

import (
	"math"

	"shopwatch/internal/analysis/spike"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
)

// Entity is one member of a declared rule's dimension: what it has now and what
// it had in comparable stretches before, newest first.
type Entity struct {
	Subject Subject
	Now     Sample
	Before  []Sample
	Open    bool // a problem of it has been told of and is not over
}

// Sample is a stretch of an entity. Volume is what stands behind the value: the
// denominator of a ratio.
type Sample struct {
	Value, Volume float64
	Known         bool
}

// Reasons why an entity is not told of, in the order in which they are tried.
const (
	WhyUnknown = "unknown" // its value is not known
	WhyVolume  = "volume"  // too little behind it
	WhyFew     = "few"     // too few comparable stretches
	WhyLimit   = "limit"   // within the limit
	WhyChange  = "change"  // too near to the usual
	WhyChance  = "chance"  // ordinary ups and downs explain it
	WhyMoney   = "money"   // too little money at risk
)

// Judged is an entity with every number that the rule used. Why says what kept
// it from being told; empty when it is.
type Judged struct {
	Subject Subject  `json:"subject"`
	Why     string   `json:"why,omitempty"`
	Reading Reading  `json:"reading"`
	Finding *Finding `json:"finding,omitempty"`
}

// fewPast is the least number of comparable stretches behind a usual value.
const fewPast = 4

// Judge is the verdict of a rule that a metric and its limits declare. The
// kinds are those of CanAdd; of any other every entity is unknown.
//
// A ratio is set against the pooled ratio of before, its noise being the larger
// of what chance gives for its volume and what the past shows; a seasonal value
// against the median of before. What is open stays until half the change, or a
// tenth on the right side of the limit, is reached.
func Judge(s Spec, m metric.Metric, e Entity) Judged {
	j := Judged{Subject: e.Subject, Reading: Reading{
		Metric: s.Metric, Unit: m.Unit, Value: e.Now.Value, Volume: e.Now.Volume, High: m.Better == metric.Down || s.Limits.Rising,
	}}
	switch {
	case !e.Now.Known:
		j.Why = WhyUnknown
	case e.Now.Volume < s.Limits.Volume && !e.Open:
		j.Why = WhyVolume
	case s.Kind == KindThreshold:
		j.threshold(s.Limits, e.Open)
	case s.Kind == KindSpike:
		j.spike(s.Limits, e)
	case s.Kind == KindRatio, s.Kind == KindSeasonal:
		j.against(s, m, e)
	default:
		j.Why = WhyUnknown
	}
	return j
}

func (j *Judged) threshold(l Limits, open bool) {
	r, limit := &j.Reading, l.Limit
	r.Limit = limit
	if margin := math.Abs(limit) / 10; open && r.High {
		limit -= margin
	} else if open {
		limit += margin
	}
	if r.High && r.Value <= limit || !r.High && r.Value >= limit {
		j.Why = WhyLimit
	}
}

// against sets a value against the entity's own past.
func (j *Judged) against(s Spec, m metric.Metric, e Entity) {
	past := known(e.Before)
	if len(past) < fewPast {
		j.Why = WhyFew
		return
	}
	usual, sd := season(m, past)
	if s.Kind == KindRatio {
		usual, sd = pooled(m, past, e.Now.Volume)
	}
	r, least := &j.Reading, s.Limits.Change
	if e.Open {
		least /= 2
	}
	sign := -1.0
	if r.High {
		sign = 1
	}
	// A share that is nearly whole is judged by what is missing from it.
	base := usual
	if s.Kind == KindRatio && m.Unit == metric.Ratio && usual > 0.5 && !r.High {
		base = max(1-usual, 0.01)
	}
	r.Usual, r.UsualKnown = usual, true
	r.Limit = usual + sign*max(s.Limits.Change*base, s.Limits.Z*sd)
	z := 0.0
	if sd > 0 {
		z = sign * (r.Value - usual) / sd
	}
	r.Numbers = []Number{{"deviation", sd, m.Unit}, {"z", z, metric.Times}, {"past", float64(len(past)), metric.Count}}
	switch {
	case base <= 0 || sign*(r.Value-usual) < least*base:
		j.Why = WhyChange
	case !e.Open && z < s.Limits.Z:
		j.Why = WhyChance
	}
}

func (j *Judged) spike(l Limits, e Entity) {
	if j.Reading.High = true; !e.Open && e.Now.Value < max(spike.Few, l.Limit) {
		j.Reading.Limit, j.Why = max(spike.Few, l.Limit), WhyLimit // whatever its past was
		return
	}
	history := make([]spike.Day, len(e.Before))
	for i, b := range e.Before {
		history[len(history)-1-i] = spike.Day{Count: int64(b.Value), Exposure: 1, Unknown: !b.Known}
	}
	v := spike.Judge(history, spike.Day{Count: int64(e.Now.Value), Exposure: 1})
	if v.Method == spike.Silent {
		j.Why = WhyFew
		return
	}
	r := &j.Reading
	r.High, r.Usual, r.UsualKnown, r.Limit = true, v.Expected, true, float64(v.Threshold)
	r.Numbers = append(r.Numbers, Number{"p", v.P, metric.Ratio}, Number{"past", float64(v.Days), metric.Count})
	switch {
	case e.Open && r.Value >= max(2, 2*v.Expected):
	case r.Value < max(spike.Few, l.Limit):
		j.Why = WhyLimit
	case v.P >= rareSpike:
		j.Why = WhyChance
	}
}

// rareSpike is the chance below which a count is no accident; a shop has many
// entities, and looks every hour.
const rareSpike = 1e-4

// known are the samples that are.
func known(all []Sample) []Sample {
	for i, s := range all {
		if s.Known {
			continue
		}
		out := append([]Sample(nil), all[:i]...)
		for _, s := range all[i:] {
			if s.Known {
				out = append(out, s)
			}
		}
		return out
	}
	return all
}

// season is the median of earlier stretches and the deviation of an ordinary
// one from it.
func season(m metric.Metric, past []Sample) (usual, sd float64) {
	var few [usualPast]float64
	values, volume := few[:0], 0.0
	for _, s := range past {
		values = append(values, s.Value)
		volume += s.Volume / float64(len(past))
	}
	usual = median(values)
	chance := 0.0
	switch {
	case m.Unit == metric.Count && usual > 0:
		chance = math.Sqrt(usual)
	case volume > 0:
		chance = math.Abs(usual) * math.Sqrt(dispersion/volume)
	}
	return usual, noise(values, usual, chance, dayNoise)
}

// pooled is the ratio of earlier stretches taken together and the deviation of
// an ordinary one of so much volume from it.
func pooled(m metric.Metric, past []Sample, volume float64) (usual, sd float64) {
	var few [usualPast]float64
	values, all := few[:0], 0.0
	for _, s := range past {
		values = append(values, s.Value)
		usual += s.Value * s.Volume
		all += s.Volume
	}
	if all <= 0 {
		return 0, 0
	}
	usual /= all
	chance := 0.0
	switch {
	case volume <= 0:
	case m.Unit == metric.Ratio && usual < 1:
		chance = math.Sqrt(max(usual*(1-usual), 1/all) / volume)
	default:
		chance = math.Abs(usual) * math.Sqrt(dispersion/volume)
	}
	return usual, noise(values, usual, chance, ratioNoise)
}

// ratioNoise is how much ratios of whole days differ beyond chance: less than
// what the days bring.
const ratioNoise = 0.02

// noise is the larger of what the past shows and what chance and uneven days
// alone would give, widened as the usual is an estimate itself.
func noise(values []float64, usual, chance, uneven float64) float64 {
	uncertain := 1 + 1.57/float64(len(values))
	return math.Sqrt(max(square(spread(values, usual)), square(chance)+square(uneven*usual*chanceShare(usual, chance))) * uncertain)
}

// chanceShare keeps uneven days from counting where chance is next to nothing
// because the usual is nearly whole or nearly none.
func chanceShare(usual, chance float64) float64 {
	if usual == 0 {
		return 0
	}
	return min(1, 20*chance/math.Abs(usual))
}

// Found makes the finding of a judged entity that is told. The money of a
// metric in money is what is missing or too much; of any other it is not known
// and the severity is the rule's own.
func (s Spec) Found(j Judged, m Materiality, window market.Window, daily market.Fen) (f Finding, told bool) {
	r := j.Reading
	r.Window = window
	f = Finding{Rule: s.ID, Subject: j.Subject, Severity: s.Severity, Reading: &r}
	if r.Unit == metric.Money && r.UsualKnown {
		f.AtRisk = market.Fen(math.Round(math.Abs(r.Usual - r.Value)))
		severity, material := m.Severity(f.AtRisk, daily)
		if !material {
			return f, false
		}
		f.Severity = severity
	}
	if f.Severity == "" {
		f.Severity = Warning
	}
	return f, true
}
