#!/bin/sh
#
# headers_test.sh INCLUDE: every header of the SDK compiles by itself, without a
# warning, as strict C11 and as gnu17, with each compiler that is here.  Prints
# TAP.

include=$1
row=0
headers=$(cd "$include" && find . -name '*.h' | sort)

clang=$(command -v clang || command -v clang-14)
for compiler in gcc ${clang:+clang}; do
	command=$compiler
	[ $compiler = clang ] && command=$clang
	for standard in c11 gnu17; do
		said=$(for header in $headers; do
			echo "#include \"$header\"" | "$command" -x c \
			    -std=$standard -Wall -Wextra -Wconversion \
			    -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
			    -I"$include" -fsyntax-only - 2>&1
		done)
		row=$((row + 1))
		if [ -z "$said" ]; then
			echo "ok $row - headers are clean as $standard" \
			    "for $compiler"
		else
			echo "not ok $row - headers are clean as $standard" \
			    "for $compiler"
			printf '%s\n' "$said" | sed 's/^/# /'
		fi
	done
done
echo "1..$row"
