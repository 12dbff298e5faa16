#!/bin/sh
#
# example_test.sh EXAMPLE MESSAGE: the example works as its comment says.
# Prints TAP.

example=$1
message=$2
row=0

# report STATUS WORDS: a row, good if the status is 0.
report() {
	row=$((row + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $row - $2"
	else
		echo "not ok $row - $2"
		printf '%s\n' "$said" | sed 's/^/# /'
	fi
}

echo 1..4
said=$("$example" "$message" 2>&1)
report $? "the example signs and verifies the sample message"
printf '%s\n' "$said" | grep -q '^DKIM-Signature: '
report $? "it shows the signature"
printf '%s\n' "$said" | grep -q 'dkim=pass'
report $? "it shows that the signature passes"
said=$("$example" "$message.absent" 2>&1)
[ $? -eq 2 ]
report $? "it says so when there is no message"
