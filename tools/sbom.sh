#!/bin/sh
# sbom.sh NAME VERSION EV_LIBS: which libraries the program is made of, for
# those who look for ones with known faults: CycloneDX 1.5 in JSON, on standard
# output.  The list is that of configure.ac, the versions are those that are
# installed; the same machine gives the same bytes.
set -eu
: "${top_srcdir:=.}" "${PKG_CONFIG:=pkg-config}"
name=$1 version=$2 ev=$3

# NAME VERSION OLDEST: a library each, "-" for what is not known.
libraries()
{
	sed -n 's/^PKG_CHECK_MODULES(\[[A-Z]*\], \[\([^]]*\)\].*/\1/p' \
		"$top_srcdir/configure.ac" | while read -r lib _ oldest _; do
		[ "$lib" != check ] || continue	# of the tests alone
		at=$("$PKG_CONFIG" --modversion "$lib")
		echo "$lib $at ${oldest:--}"
	done
	[ -z "$ev" ] || echo "libev - -"
}

list=$(libraries)
echo "$list" | awk -v name="$name" -v version="$version" '
function text(s)
{
	gsub(/["\\]/, "\\\\&", s)
	return "\"" s "\""
}
function property(key, value)
{
	return "{\"name\": " text(key) ", \"value\": " text(value) "}"
}
{
	ref[NR] = $1
	part[NR] = "    {\"type\": \"library\", \"bom-ref\": " text($1) \
		", \"name\": " text($1)
	if ($2 != "-")
		part[NR] = part[NR] ", \"version\": " text($2) \
			",\n     \"purl\": " text("pkg:generic/" $1 "@" $2)
	if ($3 != "-")
		part[NR] = part[NR] ",\n     \"properties\": [" \
			property("simutrador:oldest", $3) "]"
	part[NR] = part[NR] "}"
}
END {
	print "{"
	print "  \"bomFormat\": \"CycloneDX\","
	print "  \"specVersion\": \"1.5\","
	print "  \"version\": 1,"
	print "  \"metadata\": {\"component\": {\"type\": \"application\","
	print "    \"bom-ref\": " text(name) ", \"name\": " text(name) \
		", \"version\": " text(version) "}},"
	print "  \"components\": ["
	for (i = 1; i <= NR; i++)
		print part[i] (i < NR ? "," : "")
	print "  ],"
	printf "  \"dependencies\": [{\"ref\": %s, \"dependsOn\": [", text(name)
	for (i = 1; i <= NR; i++)
		printf "%s%s", (i > 1 ? ", " : ""), text(ref[i])
	print "]}]"
	print "}"
}'
