// Package voice reads what buyers write: which causes of complaint a review
// names, with the words that show it, and whether it is negative or positive.
//
// Causes come from a lexicon that people can read and edit (lexicon.txt):
// cues, topics that count only in a clause that complains, negation, and words
// that merely look like cues. Polarity is a logistic regression over hashed
// character n-grams and what the lexicon sees; its weights are embedded
// (polarity.bin) and are learnt again by `shopwatch lab train`.
//
// Everything is pure. The package knows nothing of stores, chats or clocks.
package voice
