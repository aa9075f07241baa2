package source

import (
	"fmt"

	"shopwatch/internal/market"
)

// pushSpec declares what is sent to us.
type pushSpec struct {
	secrets []secret // any of them may sign: two while a key is changed
	maxBody int64
}

// defaultPush bounds one delivery.
const defaultPush = 5 << 20

func readPush(o *object, s *Spec) {
	p := &pushSpec{maxBody: int64(o.int("max_body", defaultPush, 1024, 64<<20))}
	s.push = p
	o.need("secret")
	for i, n := range o.list("secret") {
		v, named := o.r.scalar(n, fmt.Sprintf("%s[%d]", o.at("secret"), i))
		const shortest = 16
		switch {
		case !named:
			o.fail("secret", "a secret stands in the file", `put it into an environment variable and write secret: "${NAME}"`)
		case o.r.env != nil && len(v) < shortest:
			o.fail("secret", fmt.Sprintf("a secret of fewer than %d characters can be guessed", shortest), "make one with: openssl rand -hex 32")
		}
		p.secrets = append(p.secrets, secret(v))
		if len(v) > 3 {
			s.secrets = append(s.secrets, v)
		}
	}
	if s.Schedule != "" {
		o.fail("schedule", "what is pushed is not asked for", "leave the schedule out")
	}
	if t := s.mapping.table; t.Shape == market.State {
		o.fail("fact", fmt.Sprintf("%s is a picture of everything at once, which a delivery is not", t.Name), "use driver: http or file, or push a table of events")
	}
}
