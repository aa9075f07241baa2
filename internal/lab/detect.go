package lab

import (
	"errors"
	"flag"
	"time"

	"shopwatch/internal/analysis/anomaly"
)

func detectVerb() Verb {
	return Verb{
		Name: "detect", Short: "Unusual rows of a metric", Inputs: []string{"FILE"},
		Long: `Reads timestamp,value and adds score (0 to 1), expected, lower, upper and
alert (0 or 1). Each row is judged by the rows before it only. An empty value is
unknown: it gets no score. With a column phase, rows of a named campaign phase
are compared with earlier rows of the same phase only.`,
		Example: "  shopwatch lab detect gmv.csv > scored.csv\n  shopwatch lab detect --why --json - < prices.csv",
		New: func(flags *flag.FlagSet) func(*Session) error {
			why := flags.Bool("why", false, "add channel, evidence, seen and data: what was unusual, how often it has been so, and what is odd about the feed")
			return func(s *Session) error { return detect(s, *why) }
		},
	}
}

func detect(s *Session, why bool) error {
	t, err := s.Table(0, "timestamp", "value")
	if err != nil {
		return err
	}
	defer t.Close()
	columns := []string{"score", "expected", "lower", "upper", "alert"}
	if why {
		columns = append(columns, "channel", "evidence", "seen", "data")
	}
	out, err := t.Extend(columns...)
	if err != nil {
		return err
	}
	var d anomaly.Phases
	var last time.Time
	for row := range t.Rows() {
		p := anomaly.Point{At: row.Time("timestamp")}
		v, known := row.Number("value")
		if !row.OK() {
			continue
		}
		if p.At.Before(last) {
			s.Note("the time goes back; rows are read in the order of the file, which should be the oldest first")
		}
		last = p.At
		p.Value, p.Unknown = v, !known
		r := d.Next(row.Text("phase"), p)
		cells := []any{r.Score, r.Expected, r.Lower, r.Upper, digit(r.Alert)}
		if p.Unknown {
			cells[0] = nil
		}
		if why {
			cells = append(cells, string(r.Channel), r.Evidence, r.Seen, string(r.Data))
		}
		out.Row(row, cells...)
	}
	return errors.Join(out.Close(), t.err)
}

// digit is how yes and no look in a column.
func digit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
