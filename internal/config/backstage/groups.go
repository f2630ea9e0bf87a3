package backstage

// answer says why a key has no equivalent, and what to do.
type answer struct{ why, instead string }

const (
	noService = "nothing here calls other services"
	noPlugin  = "it belongs to a plugin; there are none"
)

// groupAnswers are about the groups at the top of an app-config.
var groupAnswers = map[string]answer{
	"app":            {"but for its title it is about a web application", "see ui and keys for how the screen looks and listens"},
	"backend":        {"there is no server and no database: cache and state lie in the data directory", "set data to place that elsewhere"},
	"auth":           {"nobody signs in: who you are is user in the configuration, or git's user.email", "set user, if it is not told from git"},
	"permission":     {"whoever can read the data directory sees all of it; trusted and kinds limit what a source may bring", ""},
	"techdocs":       {"docs are not there yet", ""},
	"scaffolder":     {"templates are shown as entities of the catalog and cannot be run yet", ""},
	"kubernetes":     {"clusters are not asked", "their links and annotations are shown on the page of each entity"},
	"proxy":          {noService, ""},
	"search":         {"search runs over the catalog and needs no engine", ""},
	"events":         {"there are no webhooks: sources are read again every sync.interval", ""},
	"signals":        {"there is no server that could send them", ""},
	"notifications":  {"there are no notifications", ""},
	"homepage":       {"there is no home page", "save queries as views"},
	"dynamicPlugins": {noPlugin, ""},
	"enabled":        {noPlugin, ""},
	"costInsights":   {noService, ""},
	"jenkins":        {noService, ""},
	"argocd":         {noService, ""},
	"sonarqube":      {noService, ""},
	"pagerduty":      {noService, "the annotations of entities are shown as contacts"},
}

// groups notes what stands at the top and was not looked at.
func (c *converter) groups() {
	for _, name := range c.root.names() {
		v := c.root.fields[name]
		if v.empty() {
			continue
		}
		switch name {
		case "organization", "catalog", "integrations":
			continue
		case "app":
			if v.kind != isObject || len(v.keys) == 1 && v.keys[0] == "title" {
				continue
			}
		}
		a, known := groupAnswers[name]
		if !known {
			a.why = noPlugin
		}
		c.note(v, name, a.why, a.instead)
	}
}

// catalogAnswers are about the keys of catalog.
var catalogAnswers = map[string]answer{
	"import":                         {"entities are registered by naming their repository as a source; nothing writes to repositories", ""},
	"orphanStrategy":                 {"what no source holds any more is gone after its next sync", ""},
	"orphanProviderStrategy":         {"what no source holds any more is gone after its next sync", ""},
	"stitchingStrategy":              {"a sync publishes all that it found at once", ""},
	"readonly":                       {"the catalog is always read only: sources are the only way in", ""},
	"useUrlReadersSearch":            {"files are found in a copy of the repository", ""},
	"disableRelationsCompatibility":  {"relations have one form only", ""},
	"enableRelationsCompatibility":   {"relations have one form only", ""},
	"additionalAllowedLocationTypes": {"a Location may lead to files and web addresses alone", ""},
}

// catalog notes the keys of catalog that nothing else has looked at.
func (c *converter) catalog() {
	v := c.root.get("catalog")
	for _, name := range v.names() {
		switch name {
		case "rules", "locations", "providers", "processors", "processingInterval":
			continue
		}
		if v.fields[name].empty() {
			continue
		}
		a, known := catalogAnswers[name]
		if !known {
			a.why = "nothing here has such a setting"
		}
		c.note(v.fields[name], "catalog."+name, a.why, a.instead)
	}
}
