package demo

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The first three are the worked example of the platform's documentation, the
// others cases of RFC 2202 and RFC 4231.
func TestSignVectors(t *testing.T) {
	seller := func(method string) url.Values {
		return url.Values{
			"method": {"taobao.item.seller.get"}, "app_key": {"12345678"}, "session": {"test"}, "timestamp": {"2016-01-01 12:00:00"},
			"format": {"json"}, "v": {"2.0"}, "sign_method": {method}, "fields": {"num_iid,title,nick,price,num"}, "num_iid": {"11223344"},
		}
	}
	for _, c := range []struct {
		name, secret, method, want string
		form                       url.Values
	}{
		{"md5", "helloworld", "md5", "66987CB115214E59E6EC978214934FB8", seller("md5")},
		{"hmac", "helloworld", "hmac", "D56D7858309C31B6251083A874D48273", seller("hmac")},
		{"hmac-sha256", "helloworld", "hmac-sha256", "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8", seller("hmac-sha256")},
		{"rfc 2202", strings.Repeat("\x0b", 16), "hmac", "9294727A3638BB1C13F48EF8158BFC9D", url.Values{"Hi": {" There"}}},
		{"rfc 4231", strings.Repeat("\x0b", 20), "hmac-sha256", "B0344C61D8DB38535CA8AFCEAF0BF12B881DC200C9833DA726E9376C2E32CFF7", url.Values{"Hi": {" There"}}},
	} {
		if got := sign(c.secret, c.method, c.form, false); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := sign("s", "sha1", url.Values{"a": {"b"}}, false); got != "" {
		t.Errorf("an unknown method signs: %s", got)
	}
}

// TestSigned: what was signed is accepted, and a change of any value is not.
func TestSigned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := url.Values{}
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab&+ =%中文元/")))
		for _, k := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z_]{1,8}`), 1, 6, rapid.ID[string]).Draw(t, "keys") {
			form.Set(k, text.Draw(t, "value"))
		}
		form.Set("sign_method", rapid.SampledFrom([]string{"md5", "hmac", "hmac-sha256"}).Draw(t, "method"))
		form.Set("sign", sign("secret", form.Get("sign_method"), form, rapid.Bool().Draw(t, "with empty")))
		sent, err := url.ParseQuery(form.Encode())
		if err != nil || !signed("secret", sent) {
			t.Fatalf("refused: %v, %v", sent, err)
		}
		sent.Set("extra", "x")
		if signed("secret", sent) {
			t.Fatal("an added parameter passed")
		}
	})
}
