/*
 * parser_test.c: how a configuration may be written, and what is said about one
 * that is written wrong.  A row that loads asks one question of the result.
 */
#include "fixture.h"

#define LISTEN_QUERY "Milter_Listener= Listen="

static const struct {
	const char *rule, *text, *path, *name, *query, *want;
} good[] = {
	{ "L1 comment", "# a { b\nm = 2 # m = 3\n", "", "m", "", "2" },
	{ "L1 behind a bare word", "m = 2#3\n", "", "m", "", "2" },
	{ "L2 comment over lines", "/* m = 3\n * { */ m = /* 4 */ 2", "", "m",
	  "", "2" },
	{ "L2 does not nest", "/* /* */ m = 2", "", "m", "", "2" },
	{ "L2 directly behind a word", "m = 2/* two */", "", "m", "", "2" },
	{ "L3 no blank before the brace", "domain \"x.test\"{m=2}", "", "m",
	  "Domain=x.test", "2" },
	{ "L3 brace on the next line", "domain \"x.test\"\n\n{ m = 2 }", "",
	  "m", "Domain=x.test", "2" },
	{ "L3 nothing is on one line", "m\n=\n2", "", "m", "", "2" },
	{ "L4 names have no case", "DOMAIN x.test { M = 2 }", "", "m",
	  "domain=x.test", "2" },
	{ "L4 values keep theirs", "hostname = MAIL.Example", "", "hostname",
	  "", "MAIL.Example" },
	{ "L5 quoted signs", "hostname = \"a # / ' = { } [ ] ( ) b\"", "",
	  "hostname", "", "a # / ' = { } [ ] ( ) b" },
	{ "L5 single quotes", "hostname = 'say \"hi\"'", "", "hostname", "",
	  "say \"hi\"" },
	{ "L5 escaped quote", "hostname = \"say \\\"hi\\\" \\\\ \\d\"", "",
	  "hostname", "", "say \"hi\" \\ \\d" },
	{ "L5 over lines", "hostname = \"a\nb\"", "", "hostname", "", "a\nb" },
	{ "empty text", "hostname = \"\"", "", "hostname", "", "" },
	{ "L6 bare socket path", "Control_Listener { Listen /tmp/2025 "
	  "{ file_mode = 0600 } }", "Control_Listener:Listen", "file_mode",
	  "Control_Listener= Listen=/tmp/2025", "0600" },
	{ "L6 bare URI in a dictionary", "Control_Listener {\n"
	  "  AuthDigestMD5Parameters = [ uri = digest:///etc/passwd ] }",
	  "Control_Listener", "AuthDigestMD5Parameters", "Control_Listener=",
	  "uri=digest:///etc/passwd" },
	{ "L6 bare networks", "relay_hosts = ( 10.0.0.0/8 192.0.2.1 )", "",
	  "relay_hosts", "", "/104,/128" },
	{ "L6 bare pattern", "domain /(^|[.])x[.](test|[{]x)$/ { m = 2 }", "",
	  "m", "Domain=a.x.test", "2" },
	{ "L6 bare pattern, brace below", "domain /x#\"y/\n{ m = 2 }", "", "m",
	  "Domain=x#\"y", "2" },
	{ "L6 pattern with a count", "domain /^x{2}[.]test$/ { m = 2 }", "",
	  "m", "Domain=xx.test", "2" },
	{ "L6 bare path of a key", "dkim_sign \"s\" { selector = a "
	  "key = /k/%{d}/%{s}.key }", "dkim_sign", "key", "dkim_sign=s",
	  "/k/%{d}/%{s}.key" },
	{ "L7 bare glob", "relay_domains = ( *.example.com )", "",
	  "relay_domains", "", "*.example.com" },
	{ "L7 octal mode", "Milter_Listener { Listen a:b { file_mode = 0666 "
	  "} }", "Milter_Listener:Listen", "file_mode", LISTEN_QUERY "a:b",
	  "0666" },
	{ "L9 anonymous", "Milter_Listener { Listen_Backlog = 7 Listen \"x\" "
	  "{ } }", "Milter_Listener", "Listen_Backlog", LISTEN_QUERY "x", "7" },
	{ "L9 equals sign before the brace",
	  "Milter_Listener = { Listen \"x\" = { Listen_Backlog = 7 } }",
	  "Milter_Listener", "Listen_Backlog", LISTEN_QUERY "x", "7" },
	{ "L9 empty stanza", "domain x.test {} m = 2", "", "m",
	  "Domain=x.test", "2" },
	{ "L10 commas", "relay_domains = (a, \"b\" c ,d\n,)", "",
	  "relay_domains", "", "a,b,c,d" },
	{ "L10 empty array", "relay_domains = ()", "", "relay_domains", "",
	  "" },
	{ "L10 one value is an array of one", "relay_domains = a.test", "",
	  "relay_domains", "", "a.test" },
	{ "L11 equals sign left out", "ESMTP_Listener { Context [ a = b\n"
	  "0.0.0.1 = \"x y\" ] }", "ESMTP_Listener", "context",
	  "ESMTP_Listener=", "a=b,0.0.0.1=x y" },
	{ "L11 on one line", "ESMTP_Listener { Context = [k=v l=w] }",
	  "ESMTP_Listener", "context", "ESMTP_Listener=", "k=v,l=w" },
	{ "a comma in a bare value", "hostname = a,b", "", "hostname", "",
	  "a,b" },
	{ "L16 merged", "domain x.test { m = 2 e = 2 } domain X.TEST { e = 3 }",
	  "", "m", "Domain=x.test", "2" },
	{ "L16 merged, later wins", "domain x.test { m = 2 e = 2 }\n"
	  "domain x.test { e = 3 }", "", "e", "Domain=x.test", "3" },
	{ "L17 later wins", "m = 2 M = 3", "", "m", "", "3" },
	{ "L18 IPv6 domain", "domain \"[IPv6:2001:db8::1]\" { m = 2 }", "",
	  "m", "Domain=[ipv6:2001:DB8::1]", "2" },
	{ "L18 unanchored", "domain \"/x/\" { m = 2 }", "", "m",
	  "Domain=a.xyz", "2" },
	{ "CRLF", "m = 2\r\ndomain x.test {\r\n m = 3\r\n}\r\n", "", "m",
	  "Domain=x.test", "3" },
	{ "byte order mark", "\xef\xbb\xbfm = 2", "", "m", "", "2" },
	{ "nothing at all", "", "", "m", "", "1" },
	/* the old syntax */
	{ "old module", "Validate validate/domainkeys dkim_sign {\n"
	  "  selector = s1024\n}", "dkim_sign", "selector",
	  "dkim_sign=dkim_sign", "s1024" },
	{ "old domain block", "Validate validate/domainkeys dkim_sign {\n"
	  "  selector = a\n  example.com [ selector = s1024\n"
	  "    key = \"/etc/%{d}\" ]\n}", "dkim_sign:dk_domain", "selector",
	  "dkim_sign=dkim_sign dk_domain=example.com", "s1024" },
	{ "old domain block in a new stanza", "dkim_sign \"s\" {\n"
	  "  example.com [ selector = s1024 ] }", "dkim_sign:dk_domain",
	  "selector", "dkim_sign=s dk_domain=EXAMPLE.com", "s1024" },
	{ "a list for a text", "dkim_sign \"s\" { headerlist = ( From \"To\" ) }",
	  "dkim_sign", "headerlist", "dkim_sign=s", "From:To" },
	{ "a text for a list",
	  "dkim_sign \"s\" { oversign_headerlist = \"From: To\" }",
	  "dkim_sign", "oversign_headerlist", "dkim_sign=s", "From,To" },
};

static void
reads_all_that_the_language_allows(void **state)
{
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct config *config = must_load(registry, good[i].text);

		assert_text(good[i].rule, ask(config, good[i].path,
		    good[i].name, good[i].query), good[i].want);
		config_unref(&config);
	}
	registry_free(&registry);
}

static const struct {
	const char *name, *text;
	const char *want; /* the errors begin so */
	unsigned lines; /* of errors; continued ones not counted */
} bad[] = {
	{ "no value", "m\n", "t.conf:1: 'm' has no value (expected '=' and a "
	  "value for an option, '{' for a scope)\n", 1 },
	{ "no equals sign", "\nm 2\ne = 3\n", "t.conf:2: 'm' has no value (", 1 },
	{ "a word of old", "relay_for_sending_domains\nm = 2\n",
	  "t.conf:1: 'relay_for_sending_domains' has no value (", 1 },
	{ "value missing at the end", "m =", "t.conf:1: unexpected end of "
	  "the file (expected a value behind '=')", 1 },
	{ "value missing in a stanza", "domain x { m = }\n",
	  "t.conf:1: unexpected '}' (expected a value", 1 },
	{ "stanza not closed", "m = 2\ndomain x {\n m = 3\n",
	  "t.conf:2: the stanza 'domain' is not closed (expected '}' before "
	  "the end of the file)", 1 },
	{ "a brace too many", "domain x { }\n}\nm = 2\n",
	  "t.conf:2: unexpected '}' (expected the name of an option or scope)",
	  1 },
	{ "array not closed", "relay_domains = ( a\nb\nm = 2\n",
	  "t.conf:3: unexpected '=' (expected a value or ')' in an array)",
	  1 },
	{ "dictionary without a value",
	  "ESMTP_Listener { context = [ a = ] }",
	  "t.conf:1: unexpected ']' (expected a value in a dictionary)", 1 },
	{ "dictionary without an equals sign",
	  "ESMTP_Listener { context = [ a b ] }",
	  "t.conf:1: unexpected 'b' (expected '=' between key and value)",
	  1 },
	{ "quote not closed", "m = 2\nhostname = \"abc\nm = 3\n",
	  "t.conf:2: quoted text without an end (expected a closing quote)",
	  1 },
	{ "quote forgotten", "hostname = \"abc\n}\nm = 3\nuser = \"x\"\n",
	  "t.conf:4: ", 1 },
	{ "comment not closed", "m = 2\n/* e = 3\n",
	  "t.conf:2: comment without an end (expected \"*/\")", 1 },
	{ "a control character", "m = 2\n\001\ne = 3",
	  "t.conf:2: control character (expected text)", 1 },
	{ "a name in quotes", "\"m\" = 2\ne = 3",
	  "t.conf:1: unexpected 'm' (expected the name of an option or scope)",
	  1 },
	{ "a block without a name", "{ nothing = known }\ne = 3",
	  "t.conf:1: unexpected '{' (expected the name", 1 },
	{ "errors in several lines", "m\ne =\n}\n", "t.conf:1: 'm' has no ",
	  2 },
	{ "nothing to include", "include\n", "t.conf:1: unexpected end of "
	  "the file (expected a file or directory to include)", 1 },
	{ "unset belongs to online changes", "unset m\n",
	  "t.conf:1: 'unset' has no value", 1 },
};

static unsigned
count_errors(const char *errors)
{
	unsigned n = 0;

	for (const char *p = errors; *p != '\0'; p = strchr(p, '\n') + 1)
		n += *p != '\t';
	return n;
}

static void
says_where_and_what_was_expected(void **state)
{
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *errors = errors_of(registry, bad[i].text);

		if (strncmp(errors, bad[i].want, strlen(bad[i].want)) != 0)
			fail_msg("%s: got '%s', wanted '%s'", bad[i].name,
			    errors, bad[i].want);
		if (count_errors(errors) != bad[i].lines)
			fail_msg("%s: wanted %u errors, got '%s'", bad[i].name,
			    bad[i].lines, errors);
		free(errors);
	}
	registry_free(&registry);
}

static void
points_at_the_line_where_a_quote_is_missing(void **state)
{
	struct registry *registry = full_registry();
	char *errors = errors_of(registry,
	    "hostname = \"abc\nuser = \"x\"\nm = 3\n");

	(void)state;
	assert_non_null(strstr(errors, "is a quote missing in line 1?"));
	free(errors);
	/* the quotes below have changed their parts, and are not to blame */
	errors = errors_of(registry, "m = 1\nhostname = \"abc\nm = 2\n"
	    "domain \"v\" { }\nuser = \"x\"\n");
	assert_non_null(strstr(errors, "is a quote missing in line 2?"));
	free(errors);
	registry_free(&registry);
}

static void
refuses_a_nul_byte(void **state)
{
	static const struct span texts[] = {
		SPAN_INIT("m = 2\n\0e = 3\n"),
		SPAN_INIT("m = 2\nhostname = \"a\0b\"\n"),
		SPAN_INIT("m = 2\nhostname = a\0b\n"),
	};
	struct registry *registry = full_registry();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config_load load = { .text = texts[i],
		    .text_name = "t.conf" };
		char *errors;

		assert_null(try_load(registry, load, &errors));
		assert_memory_equal(errors, "t.conf:2: NUL byte", 18);
		free(errors);
	}
	registry_free(&registry);
}

static void
ends_the_nesting_at_its_limit(void **state)
{
	struct registry *registry = full_registry();
	struct buffer text = { 0 };
	char *config, *errors;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buffer_add_text(&text, "a{");
	config = buffer_take_text(&text);
	errors = errors_of(registry, config);
	assert_non_null(strstr(errors, "nested more than 64 deep"));
	free(errors);
	free(config);
	registry_free(&registry);
}

static void
tells_a_hundred_errors_and_counts_the_rest(void **state)
{
	struct registry *registry = full_registry();
	struct buffer text = { 0 };
	char *config, *errors, *more;

	(void)state;
	for (int i = 0; i < 150; i++)
		buffer_add_text(&text, "lifetime_of_nothing = 1\n");
	config = buffer_take_text(&text);
	errors = errors_of(registry, config);
	assert_int_equal(count_errors(errors), 101);
	more = strstr(errors, "and 50 more errors\n");
	assert_non_null(more);
	assert_string_equal(more, "and 50 more errors\n");
	free(errors);
	free(config);
	registry_free(&registry);
}

static void
keeps_what_was_written(void **state)
{
	struct registry *registry = full_registry();
	struct config *config = must_load(registry,
	    "M = 010\nRelay_Domains = ( a, \"b c\" 'd' /x/y )\n"
	    "ESMTP_Listener { context [ k=\"v\" ] }\n");
	const struct config_setting *setting;
	struct buffer out = { 0 };
	char *text;

	(void)state;
	for (setting = config_root(config)->first_setting; setting != NULL;
	    setting = setting->next) {
		buffer_add_text(&out, setting->name);
		buffer_add_text(&out, " = ");
		written_format(&setting->written, &out);
		buffer_add_text(&out, ";");
	}
	setting = config_root(config)->first_child->first_setting;
	written_format(&setting->written, &out);
	text = buffer_take_text(&out);
	assert_string_equal(text, "M = 010;Relay_Domains = ( a \"b c\" 'd' "
	    "\"/x/y\" );[ k = \"v\" ]");
	free(text);
	assert_int_equal(setting->place.line, 3);
	assert_string_equal(setting->place.file->path, "t.conf");
	config_unref(&config);
	registry_free(&registry);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_that_the_language_allows),
		cmocka_unit_test(says_where_and_what_was_expected),
		cmocka_unit_test(points_at_the_line_where_a_quote_is_missing),
		cmocka_unit_test(refuses_a_nul_byte),
		cmocka_unit_test(ends_the_nesting_at_its_limit),
		cmocka_unit_test(tells_a_hundred_errors_and_counts_the_rest),
		cmocka_unit_test(keeps_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
