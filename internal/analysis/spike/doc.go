// Package spike finds days with far more events than usual in small counts:
// complaints, bad reviews, counterfeit reports of an item or a cause.
//
// A count is judged against the 42 days before it, the last two left out, per
// unit of exposure: complaints follow what was delivered, so a promotion brings
// more of them a week later and that is no spike. Counts are negative binomial;
// the dispersion is estimated from the same days with a prior, as 1/size, so that
// days with more exposure may vary more. Days that stand out count less, also
// later, when the baseline has grown around them (after Farrington et al. 1996
// and Noufaily et al. 2013, Stat Med 32:1206). Events so rare that a day says
// nothing are judged over a week.
//
// A Tracker is the streaming form with a small state; Judge takes a history.
// Over many items or causes at once, Discoveries keeps the share of false alarms
// down. EARS is the classic rule for comparison. The package knows nothing of
// complaints and causes; docs/adr/0010-anomaly-and-spikes.md has what was
// measured.
package spike
