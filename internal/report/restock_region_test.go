package report

import (
	"testing"

	"pgregory.net/rapid"
)

// TestRegionSplit: parts add up to the order, none is negative, and an item that
// sells in one region only sends most of it there.
func TestRegionSplit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newRegionSales()
		for _, r := range []string{"east", "south", "north", "west"} {
			s.add("other", "tmall", r, rapid.Int64Range(0, 1000).Draw(rt, r))
			s.add("A", "tmall", r, rapid.Int64Range(0, 50).Draw(rt, "A"+r))
		}
		want := rapid.Int64Range(0, 5000).Draw(rt, "order")
		sum, share := int64(0), 0.0
		parts := s.split("A", "tmall", want)
		for _, p := range parts {
			if p.Quantity < 0 {
				rt.Fatalf("%+v", parts)
			}
			sum, share = sum+p.Quantity, share+p.Share
		}
		if len(parts) > 0 && (sum != want || share < .999 || share > 1.001) {
			rt.Fatalf("%d of %d, shares %g: %+v", sum, want, share, parts)
		}
	})
	s := newRegionSales()
	s.add("other", "tmall", "east", 500)
	s.add("other", "tmall", "south", 500)
	s.add("A", "tmall", "south", 360)
	if parts := s.split("A", "tmall", 100); parts[0].Region != "south" || parts[0].Quantity != 96 || parts[1].Quantity != 4 {
		t.Errorf("an item of the south: %+v", parts)
	}
	if parts := newRegionSales().split("A", "", 10); parts != nil {
		t.Errorf("without regions: %+v", parts)
	}
}
