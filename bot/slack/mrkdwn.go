package slack

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"shopwatch/internal/chat"
)

// gap is a zero-width space. Beside a character that mrkdwn would take for
// markup it makes the character an ordinary one.
const gap = '\u200b'

// maxMarks is how many combining marks in a row are kept on one letter.
const maxMarks = 3

// clean makes outside text safe to put on one line: valid UTF-8, no control,
// direction or other invisible characters, line breaks as spaces, and letters
// without towers of accents. It does not escape.
func clean(s string) string {
	var b strings.Builder
	marks := 0
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
			continue
		}
		marks = 0
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029':
			b.WriteByte(' ')
		case r == '\u200d': // joins emoji
			b.WriteRune(r)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clamp cuts s to n code points, the last of them an ellipsis when it was longer.
func clamp(s string, n int) string {
	if n <= 0 {
		return ""
	}
	if length(s) <= n {
		return s
	}
	cut := 0
	for i := range s {
		if cut == n-1 {
			return s[:i] + "…"
		}
		cut++
	}
	return s
}

// length counts code points, as Slack's limits do.
func length(s string) int { return utf8.RuneCountInString(s) }

// escape turns outside text into mrkdwn that shows just that text: no mention,
// link, emoji name or style can come out of it. The result has at most limit
// code points; what does not fit is cut with an ellipsis.
func escape(s string, limit int) string {
	runes := []rune(clean(s))
	var b strings.Builder
	used := 0
	for i, r := range runes {
		piece := escapeRune(runes, i, r)
		n := length(piece)
		// The last place is kept for the ellipsis unless the text ends here.
		if room := limit - used; n > room || (n == room && i < len(runes)-1) {
			if room > 0 {
				b.WriteRune('…')
			}
			return b.String()
		}
		b.WriteString(piece)
		used += n
	}
	return b.String()
}

// escapeRune returns the mrkdwn for the i-th rune of text.
func escapeRune(text []rune, i int, r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return string(gap) + "&gt;" // at the start of a line it would open a quotation
	case '*', '~', '`':
		return string([]rune{gap, r, gap})
	case '_':
		if i > 0 && i < len(text)-1 && wordRune(text[i-1]) && wordRune(text[i+1]) {
			return "_" // inside an article number it means nothing
		}
		return string([]rune{gap, r, gap})
	case '@':
		return string([]rune{r, gap})
	case ':':
		if startsEmoji(text[i+1:]) || startsAddress(text[i+1:]) {
			return string([]rune{r, gap})
		}
	}
	return string(r)
}

func wordRune(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// startsEmoji reports whether text, which follows a colon, completes an emoji
// name such as :fire: or :100:. A time of day like 12:30:45 is none.
func startsEmoji(text []rune) bool {
	letters := false
	for i, r := range text {
		switch {
		case r == ':':
			name := string(text[:i])
			return letters || name == "100" || name == "1234" || name == "+1" || name == "-1"
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
			letters = true
		case r >= '0' && r <= '9', r == '+', r == '-', r == '\'', r == gap:
		default:
			return false
		}
	}
	return false
}

func startsAddress(text []rune) bool {
	return len(text) > 1 && text[0] == '/' && text[1] == '/'
}

// escapeCode is escape for text between back-ticks, where styles and emoji are
// inert already.
func escapeCode(s string, limit int) string {
	s = strings.NewReplacer("`", "'", "@", "@"+string(gap), "://", ":"+string(gap)+"//").Replace(clean(s))
	s = strings.TrimSpace(s)
	for n := limit; n > 0; n-- {
		out := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(clamp(s, n))
		if over := length(out) - limit; over > 0 {
			n -= (over - 1) / 4 // an entity adds at most four
			continue
		}
		return out
	}
	return ""
}

// lineWriter builds one line of mrkdwn from spans within a limit.
type lineWriter struct {
	b     strings.Builder
	room  int
	last  rune // last rune written, 0 at the start of the line
	apart bool // the next span must not touch the last one's closing mark
}

// mrkdwn renders a line within limit code points. Styles never end inside a
// word's text, so a cut line is still well-formed.
func mrkdwn(line chat.Rich, limit int) string {
	w := &lineWriter{room: limit}
	for _, span := range line {
		w.span(span)
	}
	return strings.TrimRight(w.b.String(), " ")
}

// mrkdwnLines joins lines with line breaks.
func mrkdwnLines(lines []chat.Rich, limit int) []string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		out = append(out, mrkdwn(l, limit))
	}
	return out
}

func (w *lineWriter) raw(s string) {
	if s == "" {
		return
	}
	first, _ := utf8.DecodeRuneInString(s)
	if w.apart && first != ' ' && first != gap {
		w.b.WriteRune(gap)
		w.room--
	}
	w.apart = false
	w.b.WriteString(s)
	w.room -= length(s)
	w.last, _ = utf8.DecodeLastRuneInString(s)
}

func (w *lineWriter) span(sp chat.Span) {
	const marks = 12 // room for styles, gaps and an ellipsis around a text
	if w.room <= marks {
		return
	}
	switch {
	case sp.Mention != nil:
		w.mention(sp)
	case sp.Unix > 0:
		w.moment(sp)
	case sp.Ref != nil && platformID(sp.Ref.Channel, "CDG"):
		w.link(chat.Span{Text: sp.Text, Bold: sp.Bold, Italic: sp.Italic, Link: permalink(*sp.Ref)})
	case sp.Link != "":
		w.link(sp)
	default:
		w.styled(sp, w.text(sp, w.room-marks))
	}
}

// text escapes the span's text for its place.
func (w *lineWriter) text(sp chat.Span, limit int) string {
	if sp.Code {
		if t := escapeCode(sp.Text, limit-2); t != "" {
			return "`" + t + "`"
		}
		return ""
	}
	return escape(sp.Text, limit)
}

// styled writes text between the marks of the span's styles. Slack knows a mark
// only between a blank and a letter, which running Chinese text does not have:
// zero-width spaces outside the marks stand in for blanks.
func (w *lineWriter) styled(sp chat.Span, text string) {
	bare := strings.Trim(text, " ")
	if bare == "" || !sp.Bold && !sp.Italic && !sp.Code {
		w.raw(text)
		return
	}
	lead := text[:strings.Index(text, bare)]
	tail := text[len(lead)+len(bare):]
	if sp.Italic {
		bare = "_" + bare + "_"
	}
	if sp.Bold {
		bare = "*" + bare + "*"
	}
	w.raw(lead)
	if w.last != 0 && w.last != ' ' && w.last != gap {
		bare = string(gap) + bare
	}
	w.raw(bare)
	w.apart = true
	w.raw(tail)
}

func (w *lineWriter) mention(sp chat.Span) {
	id := ""
	switch m := sp.Mention; {
	case platformID(m.User, "UW"):
		id = "<@" + m.User + ">"
	case platformID(m.Group, "S"):
		id = "<!subteam^" + m.Group + ">"
	default:
		id = escape(sp.Text, w.room-12)
	}
	if length(id) < w.room {
		w.raw(id)
	}
}

// platformID reports whether id looks like one of Slack's, beginning with one
// of the letters of kinds: anything else could carry markup.
func platformID(id, kinds string) bool {
	if len(id) < 2 || len(id) > 30 || !strings.ContainsRune(kinds, rune(id[0])) {
		return false
	}
	for _, r := range id {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return true
}

// moment writes a date that Slack shows in the reader's own zone.
func (w *lineWriter) moment(sp chat.Span) {
	fallback := strings.ReplaceAll(escape(sp.Text, 80), "|", "/")
	if fallback == "" {
		fallback = strconv.FormatInt(sp.Unix, 10)
	}
	out := "<!date^" + strconv.FormatInt(sp.Unix, 10) + "^{date_short_pretty} {time}|" + fallback + ">"
	if length(out) < w.room {
		w.raw(out)
	}
}

// permalink is the address of a message; Slack leads whoever is signed in to
// the workspace that has it.
func permalink(r chat.Ref) string {
	return "https://slack.com/archives/" + r.Channel + "/p" + strings.ReplaceAll(r.TS, ".", "")
}

func (w *lineWriter) link(sp chat.Span) {
	target, ok := address(sp.Link, "https")
	target = strings.ReplaceAll(target, "&", "&amp;")
	if room := w.room - length(target) - 16; ok && room > 8 {
		if text := escape(sp.Text, room); text != "" {
			w.styled(chat.Span{Bold: sp.Bold, Italic: sp.Italic}, "<"+target+"|"+text+">")
			return
		}
	}
	w.styled(sp, w.text(sp, w.room-12))
}

var addressRunes = regexp.MustCompile(`^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$`)

// address returns link in its normal form when it is an absolute address with
// one of the schemes, without user information and without a character that
// could end the mrkdwn around it.
func address(link string, schemes ...string) (string, bool) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.User != nil || len(link) > 2000 {
		return "", false
	}
	known := false
	for _, s := range schemes {
		known = known || u.Scheme == s
	}
	out := u.String()
	if !known || !addressRunes.MatchString(out) {
		return "", false
	}
	return out, true
}
