package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"shopwatch/internal/chat"
)

// Seal signs what buttons carry, so that the bot takes only values that it has
// given out itself, for the act that it gave them out for. A seal is no
// permission: rights are asked when the act happens.
type Seal struct {
	key []byte
	// verbs are the acts whose values are signed; others carry plain questions.
	verbs []string
}

// sealBytes of a signature travel with a value: a forger has one chance in
// 2^64 a press.
const sealBytes = 8

// NewSeal makes a seal from a secret key of at least 16 bytes for the named acts.
func NewSeal(key []byte, verbs ...string) Seal { return Seal{key: key, verbs: verbs} }

var sealText = base32.StdEncoding.WithPadding(base32.NoPadding)

func (s Seal) sum(verb, value string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(verb + "\x00" + value))
	return strings.ToLower(sealText.EncodeToString(mac.Sum(nil)[:sealBytes]))
}

// covers reports whether values of an act are signed.
func (s Seal) covers(verb string) bool { return len(s.key) > 0 && slices.Contains(s.verbs, verb) }

// Sign returns the value with its signature; values of acts that are not
// signed stay as they are.
func (s Seal) Sign(verb, value string) string {
	if !s.covers(verb) {
		return value
	}
	return value + "." + s.sum(verb, value)
}

// Open returns the value that Sign was given, and false when it was not signed
// with this seal for this act.
func (s Seal) Open(verb, signed string) (string, bool) {
	if !s.covers(verb) {
		return signed, true
	}
	i := strings.LastIndexByte(signed, '.')
	if i < 0 {
		return "", false
	}
	value := signed[:i]
	return value, hmac.Equal([]byte(signed[i+1:]), []byte(s.sum(verb, value)))
}

// Message signs every button of a message, in a copy.
func (s Seal) Message(m chat.Message) chat.Message {
	m.Sections = slices.Clone(m.Sections)
	for i := range m.Sections {
		sec := &m.Sections[i]
		if sec.Accessory != nil {
			b := s.button(*sec.Accessory)
			sec.Accessory = &b
		}
		sec.Buttons = slices.Clone(sec.Buttons)
		for j, b := range sec.Buttons {
			sec.Buttons[j] = s.button(b)
		}
	}
	return m
}

// Form signs the value of a form.
func (s Seal) Form(f chat.Form) chat.Form {
	f.Value = s.Sign(f.Verb, f.Value)
	return f
}

func (s Seal) button(b chat.Button) chat.Button {
	if b.Value != "" {
		b.Value = s.Sign(b.Verb, b.Value)
	}
	b.Options = slices.Clone(b.Options)
	for i := range b.Options {
		b.Options[i].Value = s.Sign(b.Verb, b.Options[i].Value)
	}
	return b
}
