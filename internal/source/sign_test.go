package source

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // the platform's protocol names it
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTOPSignatures(t *testing.T) {
	params := map[string]string{
		"method": "taobao.item.seller.get", "app_key": "12345678", "session": "test", "timestamp": "2016-01-01 12:00:00",
		"format": "json", "v": "2.0", "fields": "num_iid,title,nick,price,num", "num_iid": "11223344",
	}
	for _, c := range []struct {
		method, secret string
		params         map[string]string
		want           string
	}{
		{"md5", "helloworld", params, "66987CB115214E59E6EC978214934FB8"},
		{"hmac", "helloworld", params, "D56D7858309C31B6251083A874D48273"},
		{"hmac-sha256", "helloworld", params, "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"},
		{"hmac", strings.Repeat("\x0b", 16), map[string]string{"Hi": " There"}, "9294727A3638BB1C13F48EF8158BFC9D"},
		{"hmac-sha256", strings.Repeat("\x0b", 20), map[string]string{"Hi": " There"}, "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7"},
	} {
		p := maps.Clone(c.params)
		if len(p) > 1 {
			p["sign_method"] = c.method
		}
		if got := signTOP(p, c.method, c.secret); got != c.want {
			t.Errorf("%s: %s, want %s", c.method, got, c.want)
		}
	}
}

// FuzzTOPSign: what is sent is what is signed, plus the signature: no empty
// value, keys in byte order, and the time in GMT+8.
func FuzzTOPSign(f *testing.F) {
	f.Add("foo", "1", "foo_bar", "中 文&+=", "foobar", "")
	f.Add("sign", "x", "session", "y", "app_key", "z")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, k3, v3 string) {
		form := map[string]string{k1: v1, k2: v2, k3: v3}
		a := authSpec{user: "key", secret: "topsecret", session: "sess", signMethod: "hmac"}
		completeTOP(form, a, time.Date(2026, 1, 1, 20, 0, 0, 0, time.UTC))
		var text strings.Builder
		keys := slices.Sorted(maps.Keys(form))
		for _, k := range keys {
			if form[k] == "" {
				t.Fatalf("%q is sent empty", k)
			}
			if k != "sign" {
				text.WriteString(k + form[k])
			}
		}
		h := hmac.New(md5.New, []byte("topsecret"))
		h.Write([]byte(text.String()))
		if want := strings.ToUpper(hex.EncodeToString(h.Sum(nil))); form["sign"] != want {
			t.Fatalf("sign %s, want %s", form["sign"], want)
		}
		if form["timestamp"] != "2026-01-02 04:00:00" || form["session"] != "sess" || form["app_key"] != "key" {
			t.Fatalf("%v", form)
		}
	})
}
