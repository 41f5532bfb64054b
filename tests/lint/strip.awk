# Print FILE:LINE:CODE for C sources: comments and what stands inside string
# and character constants are taken out, includes stay as they are.
FNR == 1 { in_comment = 0 }
!in_comment && /^[ \t]*#[ \t]*include/ {
	print FILENAME ":" FNR ":" $0
	next
}
{
	s = $0
	out = ""
	while (s != "") {
		if (in_comment) {
			i = index(s, "*/")
			if (!i)
				break
			s = substr(s, i + 2)
			in_comment = 0
			out = out " "
			continue
		}
		if (!match(s, /\/\*|\/\/|["']/)) {
			out = out s
			break
		}
		out = out substr(s, 1, RSTART - 1)
		t = substr(s, RSTART, RLENGTH)
		s = substr(s, RSTART + RLENGTH)
		if (t == "//")
			break
		if (t == "/*") {
			in_comment = 1
			continue
		}
		while (s != "" && (c = substr(s, 1, 1)) != t)
			s = substr(s, c == "\\" ? 3 : 2)
		s = substr(s, 2)
		out = out t t
	}
	print FILENAME ":" FNR ":" out
}
