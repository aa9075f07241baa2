// Package series keeps, for each shop, a panel of series with ten metrics at a
// clock step, and reads them back: the newest slots from memory, one series over
// months, all series in one slot, days as rollups, and cubes.
//
// It knows how columns are laid out, folded and restated; it must not know
// which engine keeps them, read a clock or decide what a number means.
//
// # Words
//
// A series is an item on a channel. Its id is a dense number from 0 that is
// never given to another series. A slot is a step of the clock, counted in UTC
// from the epoch, so that summer time neither doubles nor loses one. A frame is
// what a pull says about one slot. What is not known has a null bit; it is
// never 0. A slot that was never stored is absent.
//
// # Levels
//
// History lies in periods. What a period holds, and on which level, is said by
// its record alone (period.go), which changes in the same transaction as the
// level does: a reader sees one level or the other, never both and never none.
//
//	slots of the clock      period   block                                      kept
//	  level 0, slot         UTC day  8,192 series of one slot; gauges as the    until its day is folded
//	                                 difference to the slot stored before
//	  level 1, day          UTC day  1,024 series, all slots of the day         until its week is folded
//	  level 2, week         ISO week 128 series, all slots of the week          Ages.Slots
//	business days           period   block
//	  level 0, rollup       month    8,192 series of one day; gauges as the     until the month is folded
//	                                 difference to the day before
//	  level 1, month        month    1,024 series, all days of the month        Ages.Days
//
// A rollup has fifteen columns (daily.go), a cube the sums of the flows by unit,
// category, channel, price band and region (cube.go). Both belong to the shop's
// business days, which need not begin with a UTC day.
//
// # Versions
//
// The first content of a slot is its base and lives in the level. Everything
// that comes later for that slot, and a slot that comes after a later one, is a
// version in the late space: its differences to the base. Of the versions of a
// slot the one with the largest revision wins; a read as of a revision takes the
// newest up to it. A fold makes the newest version the base and takes the
// differences of the others anew. Versions that are neither the newest nor
// pointed at by Options.Pins are dropped; the version behind such a gap
// remembers it, and a read as of a revision inside the gap is ErrFolded: it is
// refused, not guessed.
//
// # Keys
//
// <shop> is the shop's id, path-escaped. Numbers are big-endian, those with a
// sign have it turned. All values are sealed by package storage.
//
//	space                              key                       value
//	series_panel                       shop                      clock step, number of series, JSON
//	series_names                       <shop>/ block u32         1,024 series of the dictionary, text columns
//	series_period                      <shop>/ layout, i32       record of a period (period.go); layout c or d
//	series_fold                        shop                      the fold under way, JSON
//	series_dirty                       <shop>/ business day i32  a day that waits for its rollup
//	series/<shop>/slot/<day>           slot u16 chunk u16        level 0
//	series/<shop>/day/<day>            block u32                 level 1
//	series/<shop>/week/<monday>        block u32                 level 2
//	series/<shop>/rollup/<month>       day u16 chunk u16         level 0 of business days
//	series/<shop>/month/<month>        block u32                 level 1 of business days
//	series/<shop>/late-slot/<day>.<g>  slot u16 revision u64 chunk u16   versions beside the base
//	series/<shop>/late-rollup/<month>.<g>   the same of business days
//	series/<shop>/cube-hour/<month>    slot u64 revision u64     cells of a slot
//	series/<shop>/cube-day/<month>     day i32 revision u64      cells of a business day
//
// Blocks have the form of package column, one compressed column for each
// metric; a column that is missing is not known at all. Their kind is their level,
// 255 for versions in a late space.
//
// # Related columns
//
// Where slots are merged, a column that follows from others (relation.go) is stored
// as what it differs from that, if this is shorter, under the number column |
// (k+1)*64 for its relation k; the kind of such blocks is level | 64. Blocks of
// before, of kind level, hold every column as it is, and are read as ever.
//
//	rival_price                 begins where the price begins
//	stock                       falls by the pieces sold in the slot
//	orders                      as many as pieces, or one where there are any
//	gmv                         pieces times the price that holds in the slot
//	price_min, price_max        change as the price at close does
//	rival_min, stock_min        change as those at close do
//	orders, gmv of a day        as those of a slot
//
// Prices are also tried with the hundreds apart from what is left below them.
// Reading a related column decodes those by which it goes as well; when
// several of a block are read, these are decoded once.
//
// # Memory
//
// Of each shop the newest two slots (44 bytes a series and slot), the keys of
// the dictionary, and, once somebody has asked for it, the flows of the running
// business day (33 bytes a series) are in memory, these also as they were before
// the newest slot, for questions that have begun before it came, and those of the
// day before until it is rolled up. All of them are pictures that readers hold
// without a lock; a commit swaps the pointer.
//
// What is decoded for questions over past days (sums of a span, columns of a day,
// who leads) is kept in the cache of the storage.DB, under names that say what it
// was made of: versions of days, corrections of periods, pictures. A value is
// therefore never out of date, only unused. Of those who lead, the other figures and
// the names are picked series by series (pick.go): a new slot changes few of them,
// and a new day is read alone, so that the first question after either is cheap.
//
// # Writing
//
// Prepare encodes a frame beside readers and the writer, and Put then only writes
// it, so that the one write transaction is short also for a million series.
package series
