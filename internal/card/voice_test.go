package card

import (
	"time"

	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/internal/metric"
	"shopwatch/internal/report"
)

// voiceCards are the answers about ratings and livestreams.
func voiceCards(p Pen) map[string]chat.Message {
	rated := func(good, neutral, bad int64, score, margin float64) report.Ratings {
		return report.Ratings{
			Good: good, Neutral: neutral, Bad: bad, Margin: margin, Score: report.Value{V: score, Known: true},
			Satisfied: report.Value{V: float64(good) / float64(good+neutral+bad), Known: true},
		}
	}
	n := report.NPS{
		From: saturday - 27, To: saturday, Data: coverage(), By: metric.ByUnit, Ratings: rated(900, 60, 40, 86, 2.8), Before: rated(940, 40, 20, 92, 2.1), More: 3,
		Weeks:  []report.RatedWeek{{From: saturday - 13}, {From: saturday - 6, Ratings: rated(1, 0, 2, -33.3, 88)}},
		Parts:  []report.RatedPart{{Key: "beauty", Name: market.Name{Zh: "美妆", En: "Beauty"}, Ratings: rated(400, 40, 35, 76.8, 4.7)}, {Key: "", Ratings: rated(500, 20, 5, 94.3, 2.3)}},
		Causes: []report.CauseLine{{Cause: "quality", Count: 31, Usual: 12}, {Cause: "logistics", Count: 9}},
	}
	better := n
	better.Ratings, better.Before = n.Before, n.Ratings
	few := n
	few.Before = report.Ratings{}
	session := report.LiveSession{
		Channel: "flagship", Unit: "beauty", Start: now.Add(-14 * time.Hour), End: now.Add(-12 * time.Hour), Visitors: 3877, Paid: 5510000, Buyers: 176,
		Lift: report.Value{V: 7.9, Known: true}, Top: []report.LiveGoods{{SKU: "B-50", Title: hostile, Paid: 900000}},
	}
	open := session
	open.Start, open.End, open.Open, open.Lift, open.Top = now.Add(-90*time.Minute), now.Add(-28*time.Minute), true, report.Value{}, nil
	v := report.Live{From: saturday - 6, To: saturday + 1, Data: coverage(), Paid: 64740000, All: 392000000, Estimated: 64740000, Visitors: 50672, Sessions: []report.LiveSession{open, session}, PerSession: 4000000}
	return map[string]chat.Message{
		"nps": p.NPS(n, "nps"), "nps_better": p.NPS(better, "nps"), "nps_first": p.NPS(few, "nps"), "nps_none": p.NPS(report.NPS{From: saturday, To: saturday, Data: coverage()}, "nps"),
		"live": p.Live(v, "live"), "live_none": p.Live(report.Live{From: saturday, To: saturday, Data: coverage()}, "live"),
	}
}
