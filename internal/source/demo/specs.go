package demo

import (
	_ "embed" // specs.yaml, panel.yaml
	"strings"
)

//go:embed specs.yaml
var specsText string

//go:embed panel.yaml
var panelText string

// PanelSpecs declares the bulk listing of a shop of this package served at
// baseURL. It stands apart from Specs: a shop's panel comes either from its
// facts or from a listing.
func PanelSpecs(baseURL string) []byte {
	return []byte(strings.NewReplacer(
		"@URL@", strings.TrimSuffix(baseURL, "/"), "@SHOP@", string(ShopID), "@TOKEN@", DemoToken,
	).Replace(panelText))
}

// Specs declares sources that read a shop of this package served at baseURL
// ("http://127.0.0.1:8080"), with the demo credentials, in the source schema.
func Specs(baseURL string) []byte {
	var states strings.Builder
	for i, p := range provinces {
		if i > 0 {
			states.WriteString(", ")
		}
		states.WriteString(p.name + ": " + regions[p.region].ID)
	}
	var nicks strings.Builder
	for i, n := range sellerNicks {
		if i > 0 {
			nicks.WriteString(", ")
		}
		nicks.WriteString(n + ": " + channels[i].ID)
	}
	return []byte(strings.NewReplacer(
		"@URL@", strings.TrimSuffix(baseURL, "/"), "@SHOP@", string(ShopID), "@APP_KEY@", DemoAppKey, "@SECRET@", DemoSecret,
		"@SESSION@", DemoSession, "@TOKEN@", DemoToken, "@STATES@", states.String(), "@NICKS@", nicks.String(),
	).Replace(specsText))
}
