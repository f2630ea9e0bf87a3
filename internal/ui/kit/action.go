package kit

// Groups of actions.
const (
	GroupMove   = "Move"
	GroupHere   = "Here"
	GroupList   = "List"
	GroupEntity = "Entity"
	GroupGo     = "Go to"
	GroupApp    = "Application"
)

// Groups are all groups, what concerns the place one is at first.
func Groups() []string {
	return []string{GroupHere, GroupEntity, GroupList, GroupMove, GroupGo, GroupApp}
}

// Action is one thing that a person can do, wherever it works. Its key means the
// same on every screen; that is why the table below is the only place for keys.
type Action struct {
	ID    string
	Title string
	Group string
	Keys  []string // as Bubble Tea names them: "enter", "ctrl+p", "?", "space"
	// Short is the footer's word for it; "" keeps it out of the footer.
	Short string
	// Danger marks what cannot be undone; a read-only session has none of these.
	Danger bool
}

// Actions is the whole table, each group in the order of the help screen.
func Actions() []Action {
	return []Action{
		{ID: "up", Title: "Up", Group: GroupMove, Keys: []string{"k", "up"}},
		{ID: "down", Title: "Down", Group: GroupMove, Keys: []string{"j", "down"}},
		{ID: "page-up", Title: "Page up", Group: GroupMove, Keys: []string{"pgup", "ctrl+b"}},
		{ID: "page-down", Title: "Page down", Group: GroupMove, Keys: []string{"pgdown", "ctrl+f"}},
		{ID: "half-up", Title: "Half a page up", Group: GroupMove, Keys: []string{"ctrl+u"}},
		{ID: "half-down", Title: "Half a page down", Group: GroupMove, Keys: []string{"ctrl+d"}},
		{ID: "top", Title: "First row", Group: GroupMove, Keys: []string{"g", "home"}},
		{ID: "bottom", Title: "Last row", Group: GroupMove, Keys: []string{"G", "end"}},
		{ID: "match-next", Title: "Next match of a search", Group: GroupMove, Keys: []string{"n"}},
		{ID: "match-prev", Title: "Previous match of a search", Group: GroupMove, Keys: []string{"N"}},
		{ID: "focus", Title: "Next part of the screen", Group: GroupMove, Keys: []string{"tab"}, Short: "focus"},
		{ID: "tab-prev", Title: "Previous tab", Group: GroupMove, Keys: []string{"<", "h", "left"}},
		{ID: "tab-next", Title: "Next tab", Group: GroupMove, Keys: []string{">", "l", "right"}, Short: "tabs"},

		{ID: "open", Title: "Open", Group: GroupHere, Keys: []string{"enter"}, Short: "open"},
		{ID: "leave", Title: "One level up", Group: GroupHere, Keys: []string{"esc"}},
		{ID: "zoom", Title: "Zoom this part", Group: GroupHere, Keys: []string{"z"}},

		{ID: "filter", Title: "Filter a list, search in a text", Group: GroupList, Keys: []string{"/"}, Short: "filter"},
		{ID: "facets", Title: "Facets: narrow by kind, owner and more", Group: GroupList, Keys: []string{"f"}, Short: "facets"},
		{ID: "sort", Title: "Sort", Group: GroupList, Keys: []string{"S"}, Short: "sort"},
		{ID: "columns", Title: "Columns", Group: GroupList, Keys: []string{"c"}, Short: "columns"},
		{ID: "views", Title: "Saved views", Group: GroupList, Keys: []string{"v"}, Short: "views"},
		{ID: "mark", Title: "Mark the row", Group: GroupList, Keys: []string{"space"}},

		{ID: "star", Title: "Star or unstar", Group: GroupEntity, Keys: []string{"*"}, Short: "star"},
		{ID: "owner", Title: "Open the owner", Group: GroupEntity, Keys: []string{"w"}, Short: "owner"},
		{ID: "actions", Title: "Actions: what can be done with the entity", Group: GroupEntity, Keys: []string{"x"}, Short: "actions"},
		{ID: "copy", Title: "Copy the reference", Group: GroupEntity, Keys: []string{"y"}, Short: "copy"},
		{ID: "copy-place", Title: "Copy the line that opens this place", Group: GroupEntity, Keys: []string{"L"}},
		{ID: "link", Title: "Links: open or copy one", Group: GroupEntity, Keys: []string{"o"}, Short: "links"},

		{ID: "home", Title: "Home", Group: GroupGo, Keys: []string{"0"}},
		{ID: "catalog", Title: "Catalog", Group: GroupGo, Keys: []string{"1"}},
		{ID: "scorecards", Title: "Scorecards", Group: GroupGo, Keys: []string{"2"}},
		{ID: "docs", Title: "Docs", Group: GroupGo, Keys: []string{"3"}},
		{ID: "create", Title: "Create", Group: GroupGo, Keys: []string{"4"}},
		{ID: "jobs", Title: "Jobs", Group: GroupGo, Keys: []string{"5"}},
		{ID: "back", Title: "Back", Group: GroupGo, Keys: []string{"[", "backspace"}},
		{ID: "forward", Title: "Forward", Group: GroupGo, Keys: []string{"]"}},
		{ID: "errors", Title: "Errors", Group: GroupGo, Keys: []string{"E"}},
		{ID: "health", Title: "Data health: sources, age, counts", Group: GroupGo, Keys: []string{"H"}},

		{ID: "palette", Title: "Palette: any action, any entity", Group: GroupApp, Keys: []string{":", "ctrl+p"}, Short: "palette"},
		{ID: "help", Title: "Help for this place", Group: GroupApp, Keys: []string{"?"}, Short: "help"},
		{ID: "refresh", Title: "Sync the sources now", Group: GroupApp, Keys: []string{"r"}},
		{ID: "mouse", Title: "Mouse off and on, so that the terminal can select", Group: GroupApp, Keys: []string{"m"}},
		{ID: "theme", Title: "Theme: other colours for this session", Group: GroupApp, Keys: []string{"ctrl+t"}},
		{ID: "quit", Title: "Quit", Group: GroupApp, Keys: []string{"q", "ctrl+c"}},
	}
}
