package storage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"shopwatch/internal/alert"
	"shopwatch/internal/audience"
	"shopwatch/internal/chat"
	"shopwatch/internal/market"
	"shopwatch/storage"
)

// A place has one subscription of a kind; dropping one leaves the others, and
// shops do not mix.
func TestSubscriptions(t *testing.T) {
	db := openStore(t)
	sub := func(shop market.ShopID, channel, user string, k audience.Kind) audience.Subscription {
		return audience.Subscription{Shop: shop, Place: chat.Target{Channel: channel, User: user}, Kind: k, Lang: "en", By: "U1", At: noon}
	}
	me, mine := sub("a", "", "U1", audience.Morning), sub("a", "", "U1", audience.Weekly)
	here, other := sub("a", "C1", "", audience.Morning), sub("b", "C1", "", audience.Morning)
	chinese := me
	chinese.Lang = "zh-CN"
	update(t, db, func(tx *storage.Tx) error {
		for _, s := range []audience.Subscription{here, me, mine, other, chinese} {
			if err := tx.PutSubscription(s); err != nil {
				return err
			}
		}
		if err := tx.PutSubscription(audience.Subscription{Shop: "a"}); err == nil {
			t.Error("a subscription of nobody is kept")
		}
		return nil
	})
	expect := func(when string, shop market.ShopID, want ...audience.Subscription) {
		t.Helper()
		view(t, db, func(tx *storage.Tx) error {
			got, err := tx.Subscriptions(shop)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Errorf("%s: %v\n%s", when, err, d)
			}
			return nil
		})
	}
	expect("after all", "a", chinese, mine, here)
	expect("after all", "b", other)
	expect("after all", "c")
	for range 2 { // the second time there is nothing to drop
		update(t, db, func(tx *storage.Tx) error { return tx.DropSubscription(me) })
	}
	expect("without one", "a", mine, here)
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%q, %v", found, err)
	}
}

func TestPersons(t *testing.T) {
	db := openStore(t)
	quiet, err := alert.ParseInterval("daily 22:00-08:00")
	if err != nil {
		t.Fatal(err)
	}
	update(t, db, func(tx *storage.Tx) error {
		if err := tx.PutPerson(audience.Person{}); err == nil {
			t.Error("nobody is kept")
		}
		return tx.PutPerson(audience.Person{User: "U1", Lang: "en", Quiet: quiet})
	})
	view(t, db, func(tx *storage.Tx) error {
		p, err := tx.Person("U1")
		if err != nil || p.Lang != "en" || p.Quiet.String() != quiet.String() {
			t.Errorf("%+v, %v", p, err)
		}
		p, err = tx.Person("U2")
		if err != nil || p != (audience.Person{User: "U2"}) {
			t.Errorf("a stranger is %+v, %v", p, err)
		}
		return nil
	})
}
