package source

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // the platform's protocol names it
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"
)

// topZone is the zone of TOP timestamps; China has no summer time.
var topZone = time.FixedZone("GMT+8", 8*3600)

// signTOP signs the parameters of a call to the Taobao Open Platform: keys in
// byte order, key and value joined without separators before any URL encoding,
// upper-case hex. A parameter called sign is left out.
func signTOP(params map[string]string, method, secret string) string {
	var text strings.Builder
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if k != "sign" {
			text.WriteString(k)
			text.WriteString(params[k])
		}
	}
	var h hash.Hash
	switch method {
	case "md5":
		h = md5.New() //nolint:gosec // see above
		h.Write([]byte(secret + text.String() + secret))
	case "hmac":
		h = hmac.New(md5.New, []byte(secret))
		h.Write([]byte(text.String()))
	default:
		h = hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(text.String()))
	}
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}

// completeTOP adds the system parameters and the signature. Parameters without
// a value are dropped: the platform's own kits do not agree on whether they are
// signed.
func completeTOP(params map[string]string, a authSpec, now time.Time) {
	maps.DeleteFunc(params, func(_, v string) bool { return v == "" })
	params["app_key"] = a.user
	if a.session != "" {
		params["session"] = string(a.session)
	}
	params["timestamp"] = now.In(topZone).Format(time.DateTime)
	params["format"] = "json"
	params["v"] = "2.0"
	params["sign_method"] = a.signMethod
	params["sign"] = signTOP(params, a.signMethod, string(a.secret))
}
