package access

import "slices"

// Right is what an act asks for.
type Right string

// Rights, each including the ones before it.
const (
	View    Right = "view"    // read figures
	Self    Right = "self"    // decide what one receives oneself; asks for a person in a chat
	Operate Right = "operate" // acknowledge alerts
	Admin   Right = "admin"   // change settings
)

// Policy says who has which right. The zero Policy lets every full member of
// any workspace view and operate, and nobody administer.
type Policy struct {
	Teams     []string // workspaces that are served; empty serves all
	Operators []string // users who may operate; empty lets every viewer
	Admins    []string
}

// Serves reports whether people of a workspace are answered at all.
func (p Policy) Serves(team string, guest bool) bool {
	return !guest && (len(p.Teams) == 0 || slices.Contains(p.Teams, team))
}

// Allows reports whether user has right. It is asked when an act happens: a
// button on the screen is not a permission.
func (p Policy) Allows(user string, right Right) bool {
	switch right {
	case View, Self:
		return true
	case Operate:
		return len(p.Operators) == 0 || slices.Contains(p.Operators, user) || slices.Contains(p.Admins, user)
	default:
		return slices.Contains(p.Admins, user)
	}
}
