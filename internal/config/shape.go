package config

import "regexp"

// shape says what a value of the file may be. The loader checks by it and the
// JSON Schema is written from it, so that the two cannot drift apart.
type shape struct {
	kind    kind
	doc     string
	allowed string         // in words, for messages; "" where kind says it all
	oneOf   []string       // text: nothing else
	pattern *regexp.Regexp // text: the whole value; table: each key
	max     int            // text: bytes; list and table: items
	keys    []key          // object
	either  []string       // object: exactly one of these keys is there
	item    *shape         // list, table
	example string
	unit    string // text: what a bare number lacks
}

type key struct {
	name     string
	required bool
	shape    *shape
}

type kind uint8

const (
	text   kind = iota
	flag        // true or false
	list        // of item
	object      // with the named keys and no others
	table       // any keys, each with an item
)

// words name a kind in messages.
func (k kind) words() string {
	return [...]string{"a text", "true or false", "a list", "a group of keys", "a group of keys"}[k]
}

// The patterns hold for the whole value. They use only what Go and ECMA 262
// regular expressions agree on, as the schema shows them.
var (
	namePattern     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	groupPattern    = regexp.MustCompile(`^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	kindPattern     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,62}$`)
	durationPattern = regexp.MustCompile(`^([0-9]{1,6}(h|m|s))+$`)
	actionPattern   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{0,62}$`)
	branchPattern   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/+@=-]*$`)
	hostPattern     = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)
	secretPattern   = regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00-\x1f\x7f]+|command:[^\x00-\x1f\x7f]+)$`)
	plainPattern    = regexp.MustCompile(`^[^\x00-\x1f\x7f]+$`)
)

func plain(doc string, limit int) *shape {
	return &shape{
		kind: text, doc: doc, pattern: plainPattern, max: limit,
		allowed: "a text on one line without control characters",
	}
}

func listOf(item *shape, limit int, doc string) *shape {
	return &shape{kind: list, item: item, max: limit, doc: doc}
}

// fileShape is the shape of the whole configuration file.
func fileShape() *shape {
	return &shape{kind: object, doc: "Configuration of idptui", keys: []key{
		{"company", false, plain("Name of the company, shown in the header.", 100)},
		{"user", false, plain("Who you are: a User of the catalog, such as user:alice. \"me\" in queries stands for this user and its groups.", 200)},
		{"data", false, plain("Data directory, relative to this file. --data and IDPTUI_DATA win over it. Default: $XDG_DATA_HOME/idptui.", 4096)},
		{"apiGroups", false, listOf(&shape{
			kind: text, pattern: groupPattern, max: 253,
			allowed: "a DNS name in lower case, with *. before it for every group below",
			doc:     "An API group, or *.GROUP for every group below it.",
		}, 100, "API groups whose documents are catalog entities. Default: backstage.io and *.backstage.io.")},
		{"sources", false, listOf(sourceShape(), 1000, "Where entities come from.")},
		{"git", false, gitShape()},
		{"views", false, listOf(viewShape(), 200, "Saved queries.")},
		{"keys", false, &shape{
			kind: table, max: 500, pattern: actionPattern, allowed: "the name of an action", doc: "Keys by action. What stands here replaces the action's own keys.",
			item: listOf(plain("A key, such as enter, ctrl+p or x.", 40), 10, "The keys of one action."),
		}},
		{"ui", false, &shape{kind: object, doc: "How the screen looks and listens.", keys: []key{
			{"theme", false, &shape{kind: text, oneOf: Themes(), doc: "Colours; all but dark and light ask the terminal which background it has."}},
			{"ascii", false, &shape{kind: flag, doc: "Draw with ASCII alone."}},
			{"mouse", false, &shape{kind: flag, doc: "Listen to the mouse. Default: true."}},
		}}},
		{"sync", false, &shape{kind: object, doc: "When sources are read again.", keys: []key{
			{"interval", false, &shape{
				kind: text, pattern: durationPattern, max: 24, example: "60s", unit: "s",
				allowed: "a time such as 60s, 5m or 1h30m",
				doc:     "Time between two readings of a source, from 1s to 24h. Default: 60s.",
			}},
		}}},
	}}
}

func sourceShape() *shape {
	return &shape{kind: object, doc: "One source: a folder, or a git repository.", either: []string{"folder", "git"}, keys: []key{
		{"name", true, &shape{
			kind: text, pattern: namePattern, max: 63, example: "shop",
			allowed: "1 to 63 lower-case letters, digits and inner hyphens",
			doc:     "Unique name of the source.",
		}},
		{"folder", false, plain("Folder, relative to this file; ~/ is the home directory.", 4096)},
		{"git", false, &shape{
			kind: text, pattern: plainPattern, max: 2000, example: "https://github.com/acme/shop.git", allowed: "a text on one line without control characters",
			doc: "Address of a repository, as git takes it: https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH.",
		}},
		{"branch", false, &shape{
			kind: text, pattern: branchPattern, max: 200, example: "main", allowed: "the name of a branch",
			doc: "Branch of the repository. Default: the one that the remote names.",
		}},
		{"paths", false, listOf(plain("A glob (** crosses folders), or a file or folder below the source's folder or in its repository.", 1000), 1000,
			"Narrows the discovery. Default: every YAML file that holds entities.")},
		{"trusted", false, &shape{kind: flag, doc: "Whether it may bring User, Group and Template. Default: false."}},
		{"kinds", false, listOf(&shape{
			kind: text, pattern: kindPattern, max: 63, allowed: "a kind such as Component", doc: "A kind.",
		}, 100, "Kinds that it may bring. Default: every kind that the trust allows.")},
	}}
}

func gitShape() *shape {
	return &shape{kind: object, doc: "How repositories are reached.", keys: []key{
		{"files", false, &shape{kind: flag, doc: "Whether sources may name repositories on this machine's disk, as file:///PATH. Default: false."}},
		{"hosts", false, listOf(hostShape(), 200, "Hosts that need more than an address, or that Locations may lead to.")},
	}}
}

func hostShape() *shape {
	return &shape{kind: object, doc: "One host.", keys: []key{
		{"host", true, &shape{
			kind: text, pattern: hostPattern, max: 253, example: "github.com", allowed: "a host's name in lower case, with :PORT where it needs one",
			doc: "Name of the host.",
		}},
		{"forge", false, &shape{kind: text, oneOf: Forges(), doc: "What runs there, which says how its web addresses look. Default: told from the name."}},
		{"http", false, &shape{kind: flag, doc: "Whether plain http may be used, which shows everybody on the way what is read and any secret. Default: false."}},
		{"user", false, plain("User name that goes with the secret. Default: what the forge takes for a token.", 200)},
		{"secret", false, &shape{
			kind: text, pattern: secretPattern, max: 1000, example: "env:GITHUB_TOKEN", allowed: "env:NAME, file:PATH or command:PROGRAM ARGUMENT…",
			doc: "Where the token or password is: env:NAME, file:PATH (relative to this file) or command:PROGRAM ARGUMENT…, whose first line of output it is.",
		}},
		{"key", false, plain("File of a private SSH key. Default: what the SSH agent has.", 4096)},
		{"knownHosts", false, plain("SSH's file of known hosts. Default: ~/.ssh/known_hosts.", 4096)},
	}}
}

func viewShape() *shape {
	return &shape{kind: object, doc: "One saved query.", keys: []key{
		{"name", true, plain("Unique name of the view.", 60)},
		{"query", true, plain("A query, as in the filter box.", 1000)},
		{"sort", false, plain("A field to sort by, with - before it for the reverse.", 60)},
		{"columns", false, listOf(plain("A column.", 60), 30, "Columns of the list, left to right.")},
	}}
}
