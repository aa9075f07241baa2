package access

import "testing"

func TestPolicy(t *testing.T) {
	open := Policy{}
	closed := Policy{Teams: []string{"T1"}, Operators: []string{"U1"}, Admins: []string{"U9"}}
	if !open.Serves("T7", false) || open.Serves("T7", true) {
		t.Error("without teams every member is served, and no guest")
	}
	if closed.Serves("T2", false) || !closed.Serves("T1", false) {
		t.Error("only named teams are served")
	}
	for _, c := range []struct {
		p     Policy
		user  string
		right Right
		want  bool
	}{
		{open, "U1", View, true},
		{open, "U1", Operate, true},
		{open, "U1", Admin, false},
		{closed, "U1", Operate, true},
		{closed, "U2", Operate, false},
		{closed, "U9", Operate, true},
		{closed, "U9", Admin, true},
		{closed, "U2", View, true},
	} {
		if got := c.p.Allows(c.user, c.right); got != c.want {
			t.Errorf("%+v allows %s %s = %v, want %v", c.p, c.user, c.right, got, c.want)
		}
	}
}
