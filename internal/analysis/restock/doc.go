// Package restock says how much of an item to order, and when, so that a wanted
// share of demand is served from stock (the fill rate, type 2 service).
//
// At every review the position (on hand and on order) is brought up to a level:
// what is expected to be asked for until the order after this one can arrive,
// and a margin. The margin is not a formula's: textbook formulas miss 98 % by
// up to nine points when what is not in stock is not sold later. The item's own
// history is replayed against the policy, with the errors of its estimates, and
// the smallest margin is taken that serves enough. Only a replay shows what a
// policy does; Simulate is the same one on days that come after.
//
// It is pure and sees no future: a plan for a day uses days before it. Not known
// is NaN, among it days without stock, and is never taken as zero demand.
package restock
