// Package evidence makes numbers that were said traceable. It records what an
// answer, a digest or an alert's message was computed from (the question, the
// moment, the revision of the facts, the shop's settings, and what was used
// besides facts), gives that record a short id for the message's small print,
// and computes the same bytes again later.
//
// Facts are read from the store as of the revision. Alerts are not kept by
// revision, so those that a digest shows, and those that were open when a rule
// looked, are kept with the record. The digests of numbers and text tell whether
// a replay is the same; digests of lines and fields tell where it is not.
//
// The record of a post is written in the transaction that puts the post into the
// outbox. That of an answer is written after the answer has been sent, so that
// nobody waits for the disk: a crash between the two loses the record, and a
// replay of that id says that it is not known.
//
// It must not know how a question is typed (commands does) or who asked.
package evidence
