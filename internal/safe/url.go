package safe

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxURL is the most bytes of a link, raw or clean. Terminals that know links
// ignore those longer than about this.
const maxURL = 2048

// URL returns the form of raw that may be written into a link or handed to a
// browser: printable ASCII, at most 2048 bytes. It is false for anything but an
// absolute http or https address without user name, or a mailto with one plain
// address and no fields but subject and body; and for one holding control or
// disguising characters, a backslash or a host with punctuation in it.
func URL(raw string) (string, bool) {
	u, ok := parseURL(raw)
	if !ok {
		return "", false
	}
	link := asciiOnly(u.String())
	if len(link) > maxURL {
		return "", false
	}
	return link, true
}

// Host returns where raw leads, to be shown beside the label of its link: host
// and port, or the domain of a mail address, in lower case. Each character that
// is not ASCII is shown by number, so that none passes for its ASCII twin; a host
// written in punycode stays in punycode. It is empty where URL refuses raw.
func Host(raw string) string {
	if _, ok := URL(raw); !ok {
		return ""
	}
	u, _ := parseURL(raw)
	host := u.Host
	if u.Scheme == "mailto" {
		address, _ := url.PathUnescape(u.Opaque)
		_, host, _ = strings.Cut(address, "@")
	}
	var out []byte
	for i, r := range host {
		switch {
		case 'A' <= r && r <= 'Z': // only ASCII: the lower case of U+212A is a plain k
			out = append(out, host[i]|0x20)
		case r < utf8.RuneSelf:
			out = append(out, host[i])
		default:
			out = appendVisible(out, host[i:])
		}
	}
	return string(out)
}

func parseURL(raw string) (*url.URL, bool) {
	if len(raw) > maxURL || strings.Contains(raw, `\`) || clean(raw, false) != raw {
		return nil, false
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil {
		return nil, false
	}
	switch u.Scheme {
	case "http", "https":
		return u, plainHost(u.Hostname()) && plainPort(u.Port())
	case "mailto":
		return u, plainAddress(u.Opaque) && plainFields(u.RawQuery)
	}
	return nil, false
}

// plainHost reports whether host is made of letters, digits and the marks that
// separate them, or is an IPv6 address. Punctuation that is not ASCII may look
// like a slash or become a dot.
func plainHost(host string) bool {
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Zone() == ""
	}
	for _, r := range host {
		switch {
		case strings.ContainsRune("-._", r), unicode.IsLetter(r), unicode.IsDigit(r):
		case r >= utf8.RuneSelf && unicode.IsMark(r):
		default:
			return false
		}
	}
	return strings.Trim(host, ".") != "" && clean(host, false) == host
}

func plainPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && 1 <= n && n <= 65535
}

// plainAddress reports whether a mailto names one address and nothing else.
func plainAddress(opaque string) bool {
	address, err := url.PathUnescape(opaque)
	if err != nil || clean(address, false) != address || strings.ContainsAny(address, " ,;:<>()[]\"\\") {
		return false
	}
	local, host, _ := strings.Cut(address, "@")
	return local != "" && plainHost(host)
}

// plainFields reports whether a mailto fills in no more than a subject and a
// body: others add recipients or attach files nobody chose.
func plainFields(query string) bool {
	fields, err := url.ParseQuery(query)
	for name := range fields {
		if name := strings.ToLower(name); name != "subject" && name != "body" {
			return false
		}
	}
	return err == nil
}

// asciiOnly percent-encodes every byte that a link must not hold.
func asciiOnly(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte("\"<>^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
