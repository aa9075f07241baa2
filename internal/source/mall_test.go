package source_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"shopwatch/internal/market"
	"shopwatch/internal/source"
	"shopwatch/internal/source/demo"
	"shopwatch/internal/source/sourcetest"
)

// Every source of the demo marketplace passes the conformance suite, through
// its real wire protocol.
func TestMallConforms(t *testing.T) {
	start := time.Date(2026, 11, 22, 7, 50, 0, 0, time.FixedZone("", 8*3600))
	mall, err := demo.New(demo.Options{Seed: 3, SKUs: 100, Orders: 200, Days: 10, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(mall.Handler())
	t.Cleanup(srv.Close)
	specs, err := source.ParseSpecs("demo.yaml", demo.Specs(srv.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	limits := source.NewLimits()
	for _, spec := range specs {
		t.Run(spec.ID, func(t *testing.T) {
			if p := spec.CheckShop(mall.Shop()); len(p) > 0 {
				t.Fatal(p)
			}
			s, err := source.Build(spec, source.Deps{Limits: limits})
			if err != nil {
				t.Fatal(err)
			}
			sourcetest.Run(t, sourcetest.Case{
				Source: s, Secrets: []string{demo.DemoSecret, demo.DemoSession},
				Request: source.Request{Shop: mall.Shop(), Now: start, Window: market.Window{Start: start.Add(-8 * 24 * time.Hour), End: start}},
			})
		})
	}
}
