package card

import (
	"slices"

	"shopwatch/internal/chat"
)

// Evidence adds the id of a message's evidence to its small print, where it can
// be copied; an empty id adds nothing. The message itself is not changed.
func (p Pen) Evidence(m chat.Message, id string) chat.Message {
	if id == "" {
		return m
	}
	l := chat.Rich{{Text: p.L.T("evidence.label") + " "}, {Text: "#" + id, Code: true}}
	m.Sections = slices.Clone(m.Sections)
	for i, s := range slices.Backward(m.Sections) {
		if len(s.Note) > 0 {
			m.Sections[i].Note = append(slices.Clip(slices.Clone(s.Note)), l)
			return m
		}
	}
	m.Sections = append(m.Sections, chat.Section{Note: []chat.Rich{l}})
	return m
}
