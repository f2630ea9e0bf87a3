package catalogtest

import "strings"

// words are what names and sentences are made of.
var words = map[string][]string{
	"areas": strings.Fields(`payments orders ledger checkout catalog search pricing inventory shipping billing invoices
		refunds accounts identity profiles sessions loyalty coupons reviews media images notifications email sms analytics
		reports metrics fraud risk tax currency settlement wallet cards merchants partners warehouse delivery returns support
		tickets content recommendations`),
	"parts": strings.Fields(`api worker gateway service web mobile admin sync importer exporter scheduler consumer producer
		proxy cache indexer bff adapter batch stream core edge jobs portal`),
	"qualifiers": strings.Fields(`eu us apac internal public legacy next v2 canary staging`),
	"stores":     strings.Fields(`db cache queue bucket topic replica warehouse`),
	"tags": strings.Fields(`java go node python kotlin rust pci gdpr tier-1 tier-2 tier-3 kafka postgres redis grpc rest
		batch frontend mobile ml legacy critical internal public`),
	"lifecycles": strings.Fields(`production production production experimental deprecated`),
	"firstNames": strings.Fields(`alice bo carla dan eva finn greta hugo ines jon kim lena mika nora olaf pia quinn rosa sven tove`),
	"lastNames":  strings.Fields(`lind berg novak silva moreau okafor tanaka haas weber rossi kowal dahl ek costa meyer bauer`),
	"verbs":      strings.Fields(`takes keeps sends checks moves prices renders archives schedules reconciles`),
	"things":     strings.Fields(`requests records events messages files balances documents sessions exports snapshots`),
	"audiences":  strings.Fields(`customers partners merchants auditors analysts developers operators`),
}
