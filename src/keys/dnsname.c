/*
 * dnsname.c: between text and the form that is compared.
 */
#include "keys/dnsname.h"

bool
dnsname_add_label(struct dnsname *name, const unsigned char *label, size_t n)
{
	size_t i;

	/* one octet stays free for the end */
	if (n == 0 || n > DNSNAME_MAX_LABEL || name->n + 1 + n > DNSNAME_MAX - 1)
		return false;
	name->p[name->n++] = (unsigned char)n;
	for (i = 0; i < n; i++)
		name->p[name->n++] = byte_lower(label[i]);
	return true;
}

bool
dnsname_end(struct dnsname *name)
{
	if (name->n >= DNSNAME_MAX)
		return false;
	name->p[name->n++] = 0;
	return true;
}

bool
dnsname_add_name(struct dnsname *name, const unsigned char *wire, size_t n)
{
	if (n > DNSNAME_MAX - name->n)
		return false;
	memcpy(name->p + name->n, wire, n);
	name->n += n;
	return true;
}

bool
dnsname_from_text(const char *text, struct dnsname *name_r)
{
	struct span rest = span_of_text(text), label;
	bool more;

	name_r->n = 0;
	if (rest.n > 0 && rest.p[rest.n - 1] == '.')
		rest.n--;
	if (rest.n == 0)
		return *text != '\0' && dnsname_end(name_r);
	do {
		more = span_cut(&rest, '.', &label);
		if (!dnsname_add_label(name_r, label.p, label.n))
			return false;
	} while (more);
	return dnsname_end(name_r);
}

size_t
dnsname_from_wire(struct span octets, struct dnsname *name_r)
{
	size_t at = 0, n;

	name_r->n = 0;
	while (at < octets.n) {
		n = octets.p[at++];
		if (n == 0)
			return dnsname_end(name_r) ? at : 0;
		/* a length above 63 would be a pointer: not in a master file */
		if (n > octets.n - at ||
		    !dnsname_add_label(name_r, octets.p + at, n))
			return 0;
		at += n;
	}
	return 0;
}

static char *
format_byte(char *out, unsigned char c)
{
	if (c == '.' || c == '\\' || c == '"' || c == ';' || c == '(' ||
	    c == ')' || c == '@' || c == '$') {
		*out++ = '\\';
		*out++ = (char)c;
	} else if (c <= ' ' || c >= 0x7f) {
		*out++ = '\\';
		*out++ = (char)('0' + c / 100);
		*out++ = (char)('0' + c / 10 % 10);
		*out++ = (char)('0' + c % 10);
	} else {
		*out++ = (char)c;
	}
	return out;
}

void
dnsname_format(const struct dnsname *name, char text_r[static DNSNAME_MAX_TEXT])
{
	const unsigned char *p = name->p;
	char *out = text_r;
	unsigned n;

	while (name->n > 0 && *p != 0) {
		if (out != text_r)
			*out++ = '.';
		for (n = *p++; n > 0; n--)
			out = format_byte(out, *p++);
	}
	if (out == text_r)
		*out++ = '.';
	*out = '\0';
}
