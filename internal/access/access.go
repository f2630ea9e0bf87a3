// Package access says who is acting. Every screen and every command runs as an
// Actor. The package owns no state and decides nothing about the catalog.
package access

// How a session learned who its actor is.
const (
	FromConfig  = "config"  // user: in the configuration file, or --as
	FromGit     = "git"     // git's user.email, matched to a User entity
	FromSession = "session" // the key an SSH session ended with
	FromNobody  = "nobody"  // nothing said who this is
)

// Actor is the person a session or command acts for. The zero Actor is an
// anonymous reader.
type Actor struct {
	User   string   // canonical ref of the User entity, "" when unknown
	Name   string   // what the header shows
	Email  string   // as claimed by Source, "" when unknown
	Groups []string // canonical refs, transitive
	Source string   // one of the From constants
}

// Me lists the refs that "me" stands for: the user and all groups.
func (a Actor) Me() []string {
	if a.User == "" {
		return nil
	}
	return append([]string{a.User}, a.Groups...)
}
