package catalog

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// The formats of names, keys and addresses. Each returns what the text must be
// and what to do, or nothing where the text is right.

const maxName = 63 // of names, labels' values, tags, kinds and DNS labels

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isObjectName: letters and digits, inside also - _ and .
func isObjectName(s string) bool {
	if s == "" || len(s) > maxName || !isAlnum(s[0]) || !isAlnum(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// isDashed: groups of the allowed characters joined by single hyphens.
func isDashed(s, extra string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	dash := true // as if one stood before the text
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', strings.IndexByte(extra, c) >= 0:
			dash = false
		case c == '-' && !dash:
			dash = true
		default:
			return false
		}
	}
	return !dash
}

// isDNSLabel: lower-case letters and digits with hyphens between them, in any run.
func isDNSLabel(s string) bool {
	if s == "" || len(s) > maxName || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func isDNSSubdomain(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if !isDNSLabel(label) {
			return false
		}
	}
	return true
}

// isPrefixed: "[prefix/]name" with a DNS prefix and a name of the given form.
func isPrefixed(s string, name func(string) bool) bool {
	prefix, rest, found := strings.Cut(s, "/")
	if !found {
		return name(s)
	}
	return isDNSSubdomain(prefix) && name(rest)
}

func isVersion(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		if !isAlnum(s[i]) {
			return false
		}
	}
	return true
}

func formatAPIVersion(s string) (string, string) {
	if isPrefixed(s, isVersion) {
		return "", ""
	}
	return "a group, a slash and a version", "write for example backstage.io/v1alpha1"
}

func formatKind(s string) (string, string) {
	if isVersion(s) && s[0] > '9' {
		return "", ""
	}
	return "letters and digits, a letter first, at most 63 of them", ""
}

func formatName(s string) (string, string) {
	if isObjectName(s) {
		return "", ""
	}
	return "letters and digits with - _ or . between them, at most 63 characters", nameHint(s, objectNameOf)
}

func formatNamespace(s string) (string, string) {
	if isDNSLabel(s) {
		return "", ""
	}
	return "lower-case letters and digits joined by single hyphens, at most 63 characters", nameHint(s, dnsLabelOf)
}

func formatTag(s string) (string, string) {
	if isDashed(s, ":+#") {
		return "", ""
	}
	return "lower-case letters, digits and : + # joined by single hyphens, at most 63 characters", nameHint(s, tagOf)
}

func formatLabelValue(s string) (string, string) {
	if s == "" {
		return "", ""
	}
	return formatName(s)
}

func formatKey(s string) (string, string) {
	if isPrefixed(s, isObjectName) {
		return "", ""
	}
	return "a name of letters, digits and - _ . with an optional domain and slash before it, such as example.com/team", ""
}

func formatLinkText(s string) (string, string) {
	if strings.TrimSpace(s) != "" {
		return "", ""
	}
	return "a text that is not blank", "give it a text or remove the line"
}

// nameHint proposes the nearest text that is allowed.
func nameHint(s string, mend func(string) string) string {
	if isTemplated(s) {
		return "fill in the placeholder"
	}
	if better := mend(s); better != "" {
		return fmt.Sprintf("write for example %s", better)
	}
	return ""
}

func objectNameOf(s string) string { return mendName(s, "-_.", false) }
func dnsLabelOf(s string) string   { return mendName(s, "-", true) }
func tagOf(s string) string        { return mendName(s, ":+#", true) }

// mendName makes each run of other characters one hyphen.
func mendName(s, keep string, lower bool) string {
	if lower {
		s = strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 && (isAlnum(byte(r)) || strings.ContainsRune(keep, r)) {
			b.WriteRune(r)
		} else if t := b.String(); t != "" && t[len(t)-1] != '-' {
			b.WriteByte('-')
		}
		if b.Len() == maxName {
			break
		}
	}
	return strings.Trim(b.String(), "-_.")
}

// formatURL accepts what a browser's URL parser accepts as an absolute address.
func formatURL(s string) (string, string) {
	if isURL(s) {
		return "", ""
	}
	return "an absolute URL", "write it in full, such as https://example.com/page"
}

// urlNoise are the characters that a URL parser drops wherever they stand.
var urlNoise = strings.NewReplacer("\t", "", "\n", "", "\r", "")

func isURL(s string) bool {
	s = strings.Trim(s, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f ")
	s = urlNoise.Replace(s)
	scheme, rest, found := strings.Cut(s, ":")
	if !found || scheme == "" || !isAlnum(scheme[0]) || scheme[0] <= '9' {
		return false
	}
	for i := range len(scheme) {
		if c := scheme[i]; !isAlnum(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp":
		rest = strings.TrimLeft(rest, `/\`)
		return isAuthority(untilAny(rest, `/\?#`), true)
	case "file":
		return true
	}
	if rest, slashes := strings.CutPrefix(rest, "//"); slashes {
		return isAuthority(untilAny(rest, "/?#"), false)
	}
	return true
}

func untilAny(s, chars string) string {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i]
	}
	return s
}

// isAuthority checks [user@]host[:port]. A special scheme must have a host.
func isAuthority(s string, special bool) bool {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		if s = s[i+1:]; s == "" {
			return false
		}
	}
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
	}
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 64); err != nil || n > 65535 {
			return false
		}
	}
	if host == "" {
		return !special && port == ""
	}
	return isHost(host, special)
}

// isHost knows bracketed IPv6 addresses and names. Letters of any script pass.
func isHost(host string, special bool) bool {
	if host[0] == '[' {
		ip, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
		return err == nil && ip.Is6() && ip.Zone() == "" && host[len(host)-1] == ']'
	}
	forbidden := "\x00\t\n\r #/:<>?@[\\]^|"
	if special {
		decoded, err := url.PathUnescape(host)
		if err != nil {
			return false
		}
		host = decoded
		forbidden += "%\x7f"
	}
	for i := range len(host) {
		if special && host[i] < 0x20 || strings.IndexByte(forbidden, host[i]) >= 0 {
			return false
		}
	}
	return !special || isIPv4OrName(host)
}

// isIPv4OrName: a host whose last part is a number must be an IPv4 address,
// which has at most four parts, also in octal or hexadecimal, and whose last
// part stands for all the bytes that are left.
func isIPv4OrName(host string) bool {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := parts[len(parts)-1]
	if _, number := ipv4Part(last); !number && strings.Trim(last, "0123456789") != "" || last == "" {
		return true
	}
	if len(parts) > 4 {
		return false
	}
	for i, part := range parts {
		n, number := ipv4Part(part)
		most := uint64(1)<<8 - 1
		if i == len(parts)-1 {
			most = uint64(1)<<(8*(4-i)) - 1
		}
		if !number || n > most {
			return false
		}
	}
	return true
}

func ipv4Part(s string) (uint64, bool) {
	base := 10
	switch {
	case strings.HasPrefix(s, "0x"), strings.HasPrefix(s, "0X"):
		if s, base = s[2:], 16; s == "" {
			return 0, true
		}
	case len(s) > 1 && s[0] == '0':
		s, base = s[1:], 8
	}
	n, err := strconv.ParseUint(s, base, 64)
	return n, err == nil
}
