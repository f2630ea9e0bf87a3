package app

import (
	"github.com/idptui/idptui"
	"github.com/idptui/idptui/internal/catalog/source"
	"github.com/idptui/idptui/internal/config"
)

// The sample company, and who one is in it unless --as says otherwise.
const (
	demoCompany = "acme"
	demoUser    = "user:default/alice"
	demoSource  = "acme"
)

func demoSources() []source.Source {
	return []source.Source{source.NewFS(demoSource, "the sample company", idptui.Demo(), source.Rules{Trusted: true})}
}

func demoViews() []config.View {
	return []config.View{
		{Name: "My services", Query: "kind:component owner:me"},
		{Name: "Without an owner", Query: "kind:component,api,resource missing:owner"},
	}
}
