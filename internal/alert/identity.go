package alert

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"shopwatch/internal/analysis"
	"shopwatch/internal/market"
)

// escape keeps the separator of a fingerprint out of its members.
var escape = strings.NewReplacer("%", "%25", "|", "%7C")

// Fingerprint names a problem: the same in every episode, different for every
// shop, rule and subject. A subject's title does not count, as it may change.
func Fingerprint(shop market.ShopID, rule analysis.Rule, s analysis.Subject) string {
	parts := []string{string(shop), string(rule), string(s.Unit), string(s.SKU), string(s.Channel), s.Rival}
	if s.Member != "" { // problems without one keep the name that they had before there were any
		parts = append(parts, s.Member)
	}
	for i, p := range parts {
		parts[i] = escape.Replace(p)
	}
	return strings.Join(parts, "|")
}

// alphabet has no letters that read alike and no upper case.
var alphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ID is the opaque id of an episode of a problem: 12 characters that tell
// nothing of the shop and are the same whenever they are computed.
func ID(fingerprint string, episode int) string {
	sum := sha256.Sum256([]byte(fingerprint + "#" + strconv.Itoa(episode)))
	return alphabet.EncodeToString(sum[:7])
}
