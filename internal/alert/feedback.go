package alert

// Feedback beside the verdicts: somebody did something about it.
const (
	FeedbackActed = "acted" // taken, assigned, or ended by hand without a verdict
)

// FeedbackOf is what people made of an alert: the verdict, FeedbackActed when
// somebody took it or ended it, and empty when nobody did either.
func FeedbackOf(a Alert) string {
	switch {
	case a.Verdict != "":
		return string(a.Verdict)
	case a.EndedBy != "" || !a.AckedAt.IsZero() || a.Owner != "":
		return FeedbackActed
	}
	return ""
}
