package explain

// Item is what was sold of an item in both periods: pieces and their money.
type Item struct {
	Key            string
	Before, After  float64 // pieces
	Money0, Money1 float64
}

// MixLedger is the change of money by price, volume and mix. Price, Volume,
// Mix, New, Gone and Other sum to After - Before within rounding of floats.
type MixLedger struct {
	Before, After float64
	Price         float64 // items that sold in both periods, at other prices
	Volume        float64 // more or fewer pieces at the same mix
	Mix           float64 // a shift between dear and cheap items
	New, Gone     float64 // items that sold in one period only
	Other         float64 // items with negative pieces or money: returns
	Items         []ItemPart
}

// ItemPart is one item's share of the change.
type ItemPart struct {
	Key              string
	Change           float64
	Price            float64 // mean pieces x change of price
	Pieces           float64 // mean price x change of pieces: its volume and mix
	New, Gone, Other bool
}

// PriceVolumeMix splits the change of money by Bennet's indicators over items
// that sold in both periods: price = sum of mean pieces x change of price,
// volume = change of all pieces x sum of mean price x mean share, mix = mean of
// all pieces x sum of mean price x change of share, where share is of pieces.
// Swapping the periods turns every sign.
func PriceVolumeMix(items []Item) MixLedger {
	var l MixLedger
	var q0, q1 float64 // of items in both periods
	both := func(x Item) bool { return x.Before > 0 && x.After > 0 && x.Money0 >= 0 && x.Money1 >= 0 }
	for _, x := range items {
		if both(x) {
			q0 += x.Before
			q1 += x.After
		}
	}
	for _, x := range items {
		l.Before += x.Money0
		l.After += x.Money1
		part := ItemPart{Key: x.Key, Change: x.Money1 - x.Money0}
		none0, none1 := x.Before == 0 && x.Money0 == 0, x.After == 0 && x.Money1 == 0
		switch {
		case none0 && none1:
		case both(x):
			p0, p1 := x.Money0/x.Before, x.Money1/x.After
			mean := (p0 + p1) / 2
			part.Price = (x.Before + x.After) / 2 * (p1 - p0)
			part.Pieces = part.Change - part.Price
			volume := (q1 - q0) * mean * (x.Before/q0 + x.After/q1) / 2
			l.Price += part.Price
			l.Volume += volume
			l.Mix += part.Pieces - volume
		case none0 && x.Money1 > 0:
			part.New = true
			l.New += x.Money1
		case none1 && x.Money0 > 0:
			part.Gone = true
			l.Gone -= x.Money0
		default:
			part.Other = true
			l.Other += part.Change
		}
		l.Items = append(l.Items, part)
	}
	return l
}
