package source

import (
	"crypto/md5" //nolint:gosec // the platforms' protocols name it
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// platform is one of the marketplaces that sign as TOP's md5 does: the sorted
// parameters between two copies of the secret. They differ in names.
type platform struct {
	name                   string
	appKey, session, stamp string // parameter names
	fixed                  map[string]string
	format                 func(time.Time) string
	wrap                   string   // parameter that holds all others as JSON; "" none does
	outside                []string // parameters that stay outside of it
}

var platforms = []platform{
	{
		// Pinduoduo open platform: type names the method, times are Unix seconds.
		name: "pinduoduo", appKey: "client_id", session: "access_token", stamp: "timestamp",
		fixed:  map[string]string{"data_type": "JSON"},
		format: func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) },
	},
	{
		// JD routerjson: what is asked for travels as JSON in one parameter.
		name: "jd", appKey: "app_key", session: "access_token", stamp: "timestamp",
		fixed:  map[string]string{"v": "2.0"},
		format: func(t time.Time) string { return t.In(topZone).Format("2006-01-02 15:04:05.000-0700") },
		wrap:   "360buy_param_json", outside: []string{"method"},
	},
}

func platformNames() []string {
	names := make([]string, len(platforms))
	for i, p := range platforms {
		names[i] = p.name
	}
	return names
}

// signSorted signs parameters: keys in byte order, key and value joined without
// separators, the secret on both sides, MD5 in upper-case hex.
func signSorted(params map[string]string, secret string) string {
	var text strings.Builder
	text.WriteString(secret)
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if k != "sign" {
			text.WriteString(k)
			text.WriteString(params[k])
		}
	}
	text.WriteString(secret)
	sum := md5.Sum([]byte(text.String())) //nolint:gosec // see above
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// completeSorted adds the platform's own parameters and the signature. Empty
// parameters are dropped, as for TOP.
func completeSorted(params map[string]string, a authSpec, now time.Time) {
	p := platforms[slices.IndexFunc(platforms, func(p platform) bool { return p.name == a.platform })]
	maps.DeleteFunc(params, func(_, v string) bool { return v == "" })
	if p.wrap != "" {
		inner := map[string]string{}
		for k, v := range params {
			if !slices.Contains(p.outside, k) {
				inner[k] = v
				delete(params, k)
			}
		}
		text, _ := json.Marshal(inner) // texts always marshal, with sorted keys
		params[p.wrap] = string(text)
	}
	maps.Copy(params, p.fixed)
	params[p.appKey] = a.user
	if a.session != "" {
		params[p.session] = string(a.session)
	}
	params[p.stamp] = p.format(now)
	params["sign"] = signSorted(params, string(a.secret))
}
