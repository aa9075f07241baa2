package demo

import "strings"

// words makes the text of a review.
func (m *Mall) words(v *review, rank int32) string {
	r := stream(m.opt.Seed, streamText, uint64(v.text), 0)
	s := m.cat.seller(rank)
	pick := func(list []string) string { return list[r.intn(len(list))] }
	var text string
	switch v.result {
	case resultGood:
		text = pick(praises)
	case resultNeutral:
		text = pick(lukewarm) + complaint(&r, s.unit, v.cause)
	default:
		text = complaint(&r, s.unit, v.cause)
		if more := complaint(&r, s.unit, v.cause); r.chance(.25) && more != text {
			text += "，" + more
		}
		text += pick(endings)
	}
	return strings.ReplaceAll(text, "%k", categories[s.unit][s.cat].zh)
}

// complaint draws a sentence: from the unit's own list more often than not.
func complaint(r *rng, unit uint8, c cause) string {
	list := complaints[c]
	if own := unitComplaints[unit][c]; len(own) > 0 && r.chance(.7) {
		list = own
	}
	return list[r.intn(len(list))]
}

var replies = []string{"亲，非常抱歉给您带来不好的体验，已安排专属客服与您联系。", "您好，已为您登记，请查看旺旺消息。", "抱歉，我们会尽快核实处理。"}

// reply is the shop's answer to a bad review, empty until a day has passed.
func (m *Mall) reply(v *review, now second) string {
	if v.result == resultGood || now < v.at+daySecs {
		return ""
	}
	r := stream(m.opt.Seed, streamText, uint64(v.text), 1)
	if r.chance(.4) {
		return ""
	}
	return replies[r.intn(len(replies))]
}

// resultName is the platform's word for a result.
var resultName = [...]string{"good", "neutral", "bad"}
