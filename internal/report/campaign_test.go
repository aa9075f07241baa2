package report

import (
	"context"
	"errors"
	"testing"
	"time"

	"shopwatch/internal/market"
)

func edition(id string, peak market.Day) market.Campaign {
	return market.Campaign{ID: id, Name: market.Name{Zh: "双11", En: "Double 11"}, Peak: peak, Phases: []market.Phase{
		{ID: "warmup", From: peak - 2, To: peak - 1},
		{ID: "live", From: peak, To: peak},
	}}
}

// TestCampaign plays an edition against the one a month before: paid GMV of
// day n of the new one is n hundred, of the old one n fifty.
func TestCampaign(t *testing.T) {
	w := newWorld(t)
	peak, before := market.DateOf(2026, 11, 11), market.DateOf(2026, 10, 12)
	w.shop.Calendar.Campaigns = []market.Campaign{edition("d11-2026", peak), edition("d11-2025", before), edition("d12-2026", peak+31)}
	var lines []row
	buy := func(d market.Day, hour int, paid market.Fen) {
		at := w.shop.Start(d).Add(time.Duration(hour) * time.Hour)
		lines = append(lines, row{
			"order_id": d.String(), "line_id": at.String(), "modified": at, "status": "paid", "sku": "A", "qty": 1, "amount": paid, "paid": paid,
			"placed_at": at, "paid_at": at,
		})
	}
	buy(before-9, 1, 1) // history reaches back beyond the old edition
	for i := range market.Day(3) {
		buy(before-2+i, 10, 50_00*market.Fen(i+1))
		buy(before-2+i, 20, 1_00)
		buy(peak-2+i, 10, 100_00*market.Fen(i+1))
	}
	ask := func(at, id string) (Campaign, error) {
		return LoadCampaign(context.Background(), w.db, w.shop, CampaignQuery{Now: w.at(at), ID: id})
	}
	if c, err := ask("2026-11-11 12:00", ""); err != nil || c.GMV != nil || c.State != CampaignOn {
		t.Fatalf("without data: %+v, %v", c, err)
	}
	w.pull(market.OrderLines, w.at("2026-11-11 12:00"), batchOf(t, market.OrderLines, lines...))

	c, err := ask("2026-11-11 12:00", "")
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != "d11-2026" || c.State != CampaignOn || c.Phase.Phase != "live" || c.Following != nil || c.Next.From != peak+29 {
		t.Errorf("stands at %+v", c)
	}
	want := []CampaignRow{
		{Day: peak - 2, Offset: -2, Phase: "warmup", Paid: 100_00, Before: 51_00, BeforeKnown: true},
		{Day: peak - 1, Offset: -1, Phase: "warmup", Paid: 200_00, Before: 101_00, BeforeKnown: true},
		{Day: peak, Offset: 0, Phase: "live", Paid: 300_00, Before: 150_00, BeforeKnown: true, Part: true}, // not what was paid at 20:00 then
	}
	for i := range want {
		if i >= len(c.Days) || c.Days[i] != want[i] {
			t.Errorf("day %d: %+v, want %+v", i, c.Days, want[i])
		}
	}
	if c, err := ask("2026-11-20 12:00", ""); err != nil || c.ID != "d11-2026" || c.State != CampaignOver {
		t.Errorf("after it: %+v, %v", c, err)
	}
	if c, err := ask("2026-11-20 12:00", "d12-2026"); err != nil || c.State != CampaignComing || c.GMV != nil || c.Following.From != peak+29 {
		t.Errorf("the next by name: %+v, %v", c, err)
	}
	if _, err := ask("2026-11-20 12:00", "d13"); !errors.Is(err, ErrNoCampaign) {
		t.Errorf("a campaign that is not in the calendar gives %v", err)
	}
}
