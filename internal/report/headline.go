package report

import (
	"slices"

	"shopwatch/internal/metric"
)

// Headline is a figure of a digest that its data may restate later: what a day
// brought, not how things stood when the digest was written.
type Headline struct {
	Metric string `json:"metric"` // key of the dictionary
	Value  Value  `json:"value"`
}

// briefHeadlines are the metrics of a morning's subjects that are headlines.
var briefHeadlines = []string{"visitors", "conversion", "refunds"}

// Headlines are the headline figures of d that are known for all its days, GMV
// first. Stock and prices are none: they are told as of the moment, and what they
// are later is no restatement.
func (d Digest) Headlines() []Headline {
	var out []Headline
	for _, key := range []string{"gmv_paid", "orders"} {
		m, _ := metric.Find(key)
		if v, known := m.Of(d.GMV.Sums); known {
			out = append(out, Headline{key, Value{v, true}})
		}
	}
	for _, b := range d.Brief.Figures {
		f := b.Figures
		for i, key := range f.Metrics {
			if f.Part || f.From != d.From || f.To != d.Day || !f.Total[i].Known || !slices.Contains(briefHeadlines, key) {
				continue
			}
			out = append(out, Headline{key, f.Total[i]})
		}
	}
	return out
}
