/*
 * host_options.c: the rows of the host.
 *
 * What belongs to a module (dkim_sign's own options, but also the switches
 * "dkim" and "opendkim_sign" in the sending scopes) is declared by the module.
 * Options of listeners that this host leaves to the MTA in front of it are
 * known all the same, so that a configuration need not be cut down for us; their
 * help says so.
 */
#include "host/config/host_options.h"

#include "host/config/must.h"
#include "host/config/value.h"

#include <unistd.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define LEFT_TO_MTA "Known, without effect: the MTA in front of this host " \
	"decides."
#define SMTP_IS_LEFT "In an SMTP listener without effect."

/* Paths that several options share. */
#define ESMTP "ESMTP_Listener:Listen>ESMTP_Listener"
#define ESMTP_PEER "ESMTP_Listener:Listen:Peer>ESMTP_Listener:Peer>" ESMTP
#define MILTER "Milter_Listener:Listen>Milter_Listener"
#define MILTER_PEER "Milter_Listener:Listen:Peer>Milter_Listener:Peer>" MILTER
#define CONTROL "Control_Listener:Listen>Control_Listener"
#define CONTROL_PEER \
	"Control_Listener:Listen:Peer>Control_Listener:Peer>" CONTROL
#define METRICS "Metrics_Listener:Listen>Metrics_Listener"
#define LISTENERS MILTER ">" CONTROL ">" ESMTP
#define PATHWAYS "Pathway_Group:Pathway>Pathway>Pathway_Group"

static const struct config_scope scopes[] = {
	/* where mail goes */
	{ .name = "Binding_Group", .parents = "Global",
	  .flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_GROUP,
	  .help = "A set of bindings with settings in common." },
	{ .name = "Binding", .parents = "Global Binding_Group",
	  .flags = CONFIG_SCOPE_NAMED | CONFIG_SCOPE_PLAIN_NAME |
	      CONFIG_SCOPE_GROUPED,
	  .help = "A source of mail. Messages that policy puts nowhere else are "
	      "in the binding `default`." },
	{ .name = "Pathway_Group", .parents = "Global",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "A set of pathways with settings in common." },
	{ .name = "Pathway", .parents = "Global Pathway_Group",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "A way in which mail comes in." },
	{ .name = "Domain", .parents = "Global Binding Binding_Group Pathway",
	  .match = CONFIG_MATCH_DOMAIN, .flags = CONFIG_SCOPE_NAMED,
	  .help = "A domain that mail is sent to: a name, an address, or a "
	      "regular expression in slashes. An exact name is looked at "
	      "before the expressions, these in the order of the file." },
	{ .name = "Host", .parents = "Global Binding",
	  .match = CONFIG_MATCH_CASELESS, .flags = CONFIG_SCOPE_NAMED,
	  .help = "A host that mail is sent to." },
	/* where connections come from */
	{ .name = "Milter_Listener", .parents = "Global",
	  .flags = CONFIG_SCOPE_ADDITION,
	  .help = "Where an MTA connects that speaks the milter protocol." },
	{ .name = "Control_Listener", .parents = "Global",
	  .help = "Where the console connects." },
	{ .name = "Metrics_Listener", .parents = "Global",
	  .flags = CONFIG_SCOPE_ADDITION,
	  .help = "Where monitoring systems ask for numbers, by HTTP at "
	      "`/metrics`. Without a `Listen` within it that is "
	      "`127.0.0.1:9108`." },
	{ .name = "ESMTP_Listener", .parents = "Global",
	  .help = "Where mail arrives by SMTP: in front of this host an MTA "
	      "does that. What is set here for a peer holds for clients that "
	      "the MTA tells of." },
	{ .name = "Listen",
	  .parents = "Milter_Listener Control_Listener Metrics_Listener "
	      "ESMTP_Listener",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "One socket: an address with its port, or a path." },
	{ .name = "Peer",
	  .parents = "Milter_Listener Control_Listener ESMTP_Listener Listen",
	  .match = CONFIG_MATCH_NETWORK, .flags = CONFIG_SCOPE_NAMED,
	  .help = "Clients by address: the most specific block wins, and one "
	      "within a Listen before one beside it." },
	/* what the host runs on */
	{ .name = "Authorization", .parents = "Global",
	  .flags = CONFIG_SCOPE_UNNAMED | CONFIG_SCOPE_ONE,
	  .help = "Who may give which console command." },
	{ .name = "Role", .parents = "Authorization",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "What the users of one role may do." },
	{ .name = "Debug_Flags", .parents = "Global",
	  .flags = CONFIG_SCOPE_UNNAMED | CONFIG_SCOPE_ONE,
	  .help = "Which parts of the host log at which level." },
	{ .name = "ThreadPool", .parents = "Global",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "A pool of threads." },
	{ .name = "Datasource", .parents = "Global",
	  .flags = CONFIG_SCOPE_NAMED,
	  .help = "A database that policy may ask." },
	{ .name = "Alerting", .parents = "Global",
	  .flags = CONFIG_SCOPE_ONE,
	  .help = "Known because policy scripts want it; nothing to set." },
	{ .name = "Security", .parents = "Global",
	  .help = "Known, nothing to set." },
	{ .name = "Cluster", .parents = "Global",
	  .help = "Known, nothing to set." },
};

static const struct config_choice subsystems[] = {
	{ "ALL", 0 }, { "TIME", 1 }, { "FD", 2 }, { "SMTP", 3 }, { "LOG1", 4 },
	{ "DNS", 5 }, { "DNSDS", 6 }, { "NET", 7 }, { "SIG", 8 }, { "MEM", 9 },
	{ "DB", 10 }, { "LIC", 11 }, { "SSL", 12 }, { "MOD", 13 },
	{ "START", 14 }, { "DANE", 15 }, { "MTA_STS", 16 }, { NULL, 0 },
};

static const struct config_choice levels[] = {
	{ "DEBUG", 0 }, { "INFO", 1 }, { "NOTICE", 2 }, { "WARNING", 3 },
	{ "ERROR", 4 }, { "CRITICAL", 5 }, { NULL, 0 },
};

static const struct config_choice signing_stats[] = {
	{ "all", 0 }, { "global", 1 }, { "off", 2 }, { NULL, 0 },
};

static const struct config_choice log_results[] = {
	{ "all", 0 }, { "failures", 1 }, { "off", 2 }, { NULL, 0 },
};

static const struct config_choice log_formats[] = {
	{ "text", 0 }, { "json", 1 }, { NULL, 0 },
};

static const struct config_choice internal_errors[] = {
	{ "tempfail", 0 }, { "reject", 1 }, { "accept", 2 }, { NULL, 0 },
};

static const struct config_choice lone_lf[] = {
	{ "ignore", 0 }, { "fix", 1 }, { "pedantic", 2 }, { NULL, 0 },
};

static const struct config_choice syslog_facilities[] = {
	{ "off", 0 }, { "mail", 1 }, { "daemon", 2 }, { "user", 3 },
	{ "local0", 4 }, { "local1", 5 }, { "local2", 6 }, { "local3", 7 },
	{ "local4", 8 }, { "local5", 9 }, { "local6", 10 }, { "local7", 11 },
	{ NULL, 0 },
};

static bool
is_not_negative(void *closure, const struct config_option *option,
    const struct config_value *value, struct buffer *why)
{
	(void)closure;
	(void)option;
	if (value->one.integer >= 0)
		return true;
	buffer_add_text(why, "a negative number (expected 0 or more)");
	return false;
}

static bool
is_positive(void *closure, const struct config_option *option,
    const struct config_value *value, struct buffer *why)
{
	(void)closure;
	(void)option;
	if (value->one.integer > 0)
		return true;
	buffer_add_text(why, "too small a number (expected 1 or more)");
	return false;
}

#define ARRAY CONFIG_OPTION_ARRAY
#define STATIC CONFIG_OPTION_STATIC
#define ADDITION CONFIG_OPTION_ADDITION

static const struct config_option options[] = {
	/* the process */
	{ .name = "Hostname", .fallback = "Global",
	  .help = "This host's name, which also stands in Authentication-"
	      "Results as the one who judged." },
	{ .name = "User", .flags = STATIC, .fallback = "Global",
	  .help = "The user to become once sockets are open, with all groups "
	      "of that user. Default: `mailseal` if there is such a user, else "
	      "`nobody`; started as somebody else than root, the process "
	      "stays who it is." },
	{ .name = "Pid_File", .flags = STATIC | ADDITION, .fallback = "Global",
	  .help = "A file to write the process id to. Two processes cannot "
	      "share one." },
	{ .name = "Paniclog", .fallback = "Global",
	  .help = "The file that messages of the host and its modules go to. "
	      "Unset: see `Syslog`." },
	{ .name = "Syslog", .map = syslog_facilities,
	  .flags = ADDITION, .fallback = "Global",
	  .help = "The facility of the system's log that these messages go "
	      "to, with or without a `Paniclog`. Unset, and without a "
	      "`Paniclog`: `mail` in the background, and standard error in "
	      "the foreground." },
	{ .name = "Log_Results", .map = log_results,
	  .flags = ADDITION, .fallback = "Global", .defval = "all",
	  .help = "Which messages get a line in the log, at level `info`: "
	      "`all` that are signed, verified, or left unsigned for a "
	      "condition, those that cannot be signed or do not verify "
	      "(`failures`), or none (`off`). `mailseal explain` reads "
	      "these lines." },
	{ .name = "Log_Results_Format", .map = log_formats,
	  .flags = ADDITION, .fallback = "Global", .defval = "text",
	  .help = "What that line is: names and values (`text`), or an object "
	      "of JSON (`json`)." },
	{ .name = "Stop_Timeout", .type = CONFIG_INT,
	  .validate = is_not_negative, .flags = ADDITION,
	  .fallback = "Global", .defval = "30",
	  .help = "Seconds that a stop waits for messages in flight." },
	{ .name = "Module_Path", .flags = ARRAY | ADDITION,
	  .fallback = "Global", .defval = "()",
	  .help = "Further directories with modules and their `.ecm` files." },
	{ .name = "Script_Path", .flags = ARRAY | ADDITION,
	  .fallback = "Global", .defval = "()",
	  .help = "Further directories with policy scripts." },
	{ .name = "Local_Changes_File", .fallback = "Global",
	  .help = "A file that is read after everything else, and that changes "
	      "made online are saved to." },
	{ .name = "Local_Changes_Only", .type = CONFIG_BOOL,
	  .fallback = "Global", .defval = "false",
	  .help = "Save all online changes to `Local_Changes_File`, and none "
	      "to the file that an option came from." },
	/* messages */
	{ .name = "Large_Message_Threshold", .type = CONFIG_SIZE,
	  .fallback = "Global", .defval = "131072",
	  .help = "Octets of a body above which it is kept in a temporary "
	      "file instead of memory." },
	{ .name = "Spool_Directory", .flags = ADDITION,
	  .fallback = "Global",
	  .help = "Where those files are made: a directory that is there when "
	      "the configuration is loaded. Default: the environment's "
	      "`TMPDIR`, else `/tmp`." },
	{ .name = "On_Internal_Error", .map = internal_errors,
	  .flags = ADDITION, .fallback = "Global",
	  .defval = "tempfail",
	  .help = "What becomes of a message that the host cannot handle, "
	      "because the disk is full, say, or a module never gets ready: "
	      "`tempfail` defers it (451 4.3.0), `reject` refuses it, "
	      "`accept` lets it pass as it came." },
	{ .name = "RFC2822_Lone_LF_In_Body", .map = lone_lf,
	  .fallback = PATHWAYS ">Global", .defval = "ignore",
	  .help = "What to do about a line feed or carriage return alone." },
	{ .name = "RFC2822_Lone_LF_In_Headers", .map = lone_lf,
	  .fallback = PATHWAYS ">Global", .defval = "ignore",
	  .help = "The same for header fields." },
	{ .name = "Keep_Message_Dicts_In_Memory", .type = CONFIG_BOOL,
	  .fallback = "Global", .defval = "false",
	  .help = "Known, without effect: they always are." },
	{ .name = "Exclude_Vctx_Conn", .type = CONFIG_REGEX,
	  .flags = ARRAY, .fallback = CONFIG_FALLBACK_SENDING,
	  .help = "Connection context variables that are not kept with a "
	      "message." },
	{ .name = "Exclude_Vctx_Mess", .type = CONFIG_REGEX,
	  .flags = ARRAY, .fallback = CONFIG_FALLBACK_SENDING,
	  .help = "Message context variables that are not kept with a "
	      "message." },
	/* who may send */
	{ .name = "Relay_Hosts", .type = CONFIG_NETWORK,
	  .flags = ARRAY,
	  .fallback = MILTER_PEER ">" ESMTP_PEER ">" PATHWAYS ">Global",
	  .defval = "()",
	  .help = "Clients that may relay: they get the context variable "
	      "`can_relay`. A list in an inner scope replaces the outer." },
	{ .name = "Relay_Domains", .flags = ARRAY,
	  .fallback = PATHWAYS ">Global", .defval = "()",
	  .help = "Domains that mail is accepted for; `*` on the left stands "
	      "for anything." },
	{ .name = "Open_Relay", .type = CONFIG_BOOL,
	  .fallback = MILTER_PEER ">" ESMTP_PEER ">" PATHWAYS,
	  .defval = "false",
	  .help = "Let all clients of this scope relay, as if they were among "
	      "`Relay_Hosts`." },
	{ .name = "Relay_For_Sending_Domains", .flags = ARRAY,
	  .fallback = ESMTP_PEER ">" PATHWAYS, .help = LEFT_TO_MTA },
	{ .name = "Context", .type = CONFIG_DICT,
	  .fallback = MILTER_PEER ">" ESMTP_PEER ">" PATHWAYS,
	  .help = "Context variables that a connection begins with. `Peer "
	      "\"0.0.0.0/0\"` is everyone." },
	/* statistics */
	{ .name = "Signing_Stats", .map = signing_stats,
	  .fallback = "Global", .defval = "all",
	  .help = "What signing is counted for: `all`, the process as a whole "
	      "(`global`), or nothing (`off`)." },
	{ .name = "MasterDB_File", .flags = STATIC, .fallback = "Global",
	  .defval = "\"/var/log/ecelerity/ecdb\"",
	  .help = "Where totals are kept over a restart." },
	{ .name = "Permastore_Interval", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = "Global", .defval = "300",
	  .help = "Seconds between two times that totals are saved; 0: only "
	      "at a shutdown." },
	{ .name = "Expensive_Batch_Assessment", .type = CONFIG_BOOL,
	  .fallback = "Global", .defval = "false", .help = LEFT_TO_MTA },
	/* DNS */
	{ .name = "DNS_Zone_File", .flags = ADDITION, .fallback = "Global",
	  .help = "A master file (RFC 1035) that is the only source of public "
	      "keys: no query leaves the machine." },
	{ .name = "DNS_Forwarders", .flags = ARRAY | ADDITION,
	  .fallback = "Global", .defval = "()",
	  .help = "Name servers to ask: `192.0.2.1`, `\"::1@5353\"`." },
	{ .name = "DNS_Resolv_Conf", .flags = ADDITION, .fallback = "Global",
	  .help = "A file in the form of resolv.conf that names the servers "
	      "to ask." },
	{ .name = "DNS_Trust_Anchor", .flags = ADDITION, .fallback = "Global",
	  .help = "A file with the DNSSEC anchors; answers are then "
	      "validated." },
	{ .name = "DNS_Timeout", .type = CONFIG_INT, .flags = ADDITION,
	  .validate = is_positive, .fallback = "Global", .defval = "5",
	  .help = "Seconds to wait for one name." },
	{ .name = "DNS_Message_Timeout", .type = CONFIG_INT, .flags = ADDITION,
	  .validate = is_positive, .fallback = "Global", .defval = "10",
	  .help = "Seconds to wait for all names of a message." },
	/* all listeners */
	{ .name = "Enable", .type = CONFIG_BOOL, .flags = STATIC,
	  .fallback = LISTENERS, .defval = "true",
	  .help = "Whether the socket is served." },
	{ .name = "Enable", .type = CONFIG_BOOL, .fallback = METRICS,
	  .defval = "true", .help = "Whether the socket is served." },
	{ .name = "File_Mode", .type = CONFIG_PERMS, .flags = STATIC,
	  .fallback = MILTER ">" CONTROL, .defval = "0660",
	  .help = "The mode of the socket, where it is a file." },
	{ .name = "File_Group", .flags = STATIC | ADDITION,
	  .fallback = MILTER ">" CONTROL,
	  .help = "The group of the socket, where it is a file. Default: that "
	      "of `User`." },
	{ .name = "Listen_Backlog", .type = CONFIG_INT, .flags = STATIC,
	  .validate = is_positive, .fallback = LISTENERS, .defval = "500",
	  .help = "Connections that may wait to be accepted." },
	{ .name = "Accept_Queue_Backlog", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = CONTROL ">" ESMTP,
	  .defval = "0", .help = "Known, without effect." },
	{ .name = "Concurrency", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = CONTROL ">" ESMTP,
	  .defval = "0", .help = "Known, without effect." },
	{ .name = "Events_Per_Iter", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = CONTROL ">" ESMTP,
	  .defval = "0", .help = "Known, without effect." },
	{ .name = "Pool_Name", .fallback = CONTROL ">" ESMTP,
	  .help = "Known, without effect." },
	{ .name = "TCP_Recv_Buffer_Size", .type = CONFIG_SIZE,
	  .fallback = CONTROL ">" ESMTP, .defval = "4096",
	  .help = "Known, without effect." },
	{ .name = "TCP_Send_Buffer_Size", .type = CONFIG_SIZE,
	  .fallback = CONTROL ">" ESMTP, .defval = "4096",
	  .help = "Known, without effect." },
	{ .name = "Disable_Nagle_Algorithm", .type = CONFIG_BOOL,
	  .fallback = CONTROL ">" ESMTP, .defval = "false",
	  .help = "Known, without effect." },
	/* the console */
	{ .name = "Timeout", .type = CONFIG_INT, .validate = is_not_negative,
	  .fallback = "Control_Listener", .defval = "60",
	  .help = "Seconds after which an idle console is closed." },
	{ .name = "Enable_Authentication", .type = CONFIG_BOOL,
	  .fallback = CONTROL_PEER, .defval = "false",
	  .help = "Ask for a name and password. Where it is not set, an "
	      "`Auth...Parameters` that holds turns it on. At a socket file "
	      "the system says who the user is, and nothing is asked." },
	{ .name = "Enable_Authorization", .type = CONFIG_BOOL,
	  .fallback = CONTROL_PEER, .defval = "false",
	  .help = "Let a user give only the commands of his roles, at a socket "
	      "file as well." },
	{ .name = "Always_Allow", .type = CONFIG_BOOL,
	  .fallback = CONTROL_PEER, .defval = "false",
	  .help = "Let everyone of this scope in without a password: TCP "
	      "from loopback only." },
	{ .name = "Always_Deny", .type = CONFIG_BOOL,
	  .fallback = CONTROL_PEER, .defval = "false",
	  .help = "Let nobody of this scope in, whatever else is set." },
	{ .name = "AuthorizationParameters", .type = CONFIG_DICT,
	  .fallback = CONTROL_PEER,
	  .help = "Where the roles of users are found: `uri = "
	      "\"groups:///path\"`, with lines `role:user,user`. A user has "
	      "the role of his own name in any case." },
	{ .name = "AuthPlainParameters", .type = CONFIG_DICT,
	  .fallback = ESMTP, .help = LEFT_TO_MTA },
	{ .name = "AuthLoginParameters", .type = CONFIG_DICT,
	  .fallback = CONTROL_PEER ">" ESMTP,
	  .help = "Where passwords are found: keys as for "
	      "`AuthDigestMD5Parameters`. The password crosses the network as "
	      "it is, so other machines are offered this only with "
	      "`allow_cleartext = true` (an addition). " SMTP_IS_LEFT },
	{ .name = "AuthCramMD5Parameters", .type = CONFIG_DICT,
	  .fallback = CONTROL_PEER ">" ESMTP,
	  .help = "Where passwords are found: keys as for "
	      "`AuthDigestMD5Parameters`; the file holds the passwords "
	      "themselves. " SMTP_IS_LEFT },
	{ .name = "AuthDigestMD5Parameters", .type = CONFIG_DICT,
	  .fallback = CONTROL_PEER ">" ESMTP,
	  .help = "Where passwords are found: `uri` is `digest:///path` (lines "
	      "`user:realm:hash`, as htdigest writes them) or `file:///path` "
	      "(lines `user:password`); `realm`; `stored_cleartext`: the file "
	      "holds passwords, not hashes; `log_authentication`: log who has "
	      "logged in. " SMTP_IS_LEFT },
	{ .name = "Allow", .type = CONFIG_REGEX, .flags = ARRAY,
	  .fallback = "Authorization:Role", .defval = "()",
	  .help = "Commands that the role may give, as expressions that match "
	      "them; what matches none is refused." },
	/* the milter */
	{ .name = "Timeout", .type = CONFIG_INT, .validate = is_positive,
	  .flags = STATIC | ADDITION, .fallback = MILTER, .defval = "7210",
	  .help = "Seconds after which a connection is closed on which the "
	      "MTA is silent. An MTA may be silent for as long as its own "
	      "client is." },
	/* SMTP */
	{ .name = "SMTP_Extensions", .flags = ARRAY, .fallback = ESMTP_PEER,
	  .help = LEFT_TO_MTA },
	{ .name = "Idle_Time", .type = CONFIG_INT, .fallback = ESMTP,
	  .validate = is_not_negative, .defval = "0", .help = LEFT_TO_MTA },
	{ .name = "Max_Message_Size", .type = CONFIG_SIZE, .fallback = ESMTP,
	  .defval = "0", .help = LEFT_TO_MTA },
	{ .name = "Max_Recipients_Per_Message", .type = CONFIG_INT,
	  .fallback = ESMTP, .validate = is_not_negative, .defval = "0",
	  .help = LEFT_TO_MTA },
	{ .name = "Max_Receptions_Per_Connection", .type = CONFIG_INT,
	  .fallback = ESMTP, .validate = is_not_negative, .defval = "0",
	  .help = LEFT_TO_MTA },
	{ .name = "Listener_Sessions", .type = CONFIG_INT, .fallback = ESMTP,
	  .validate = is_not_negative, .defval = "0", .help = LEFT_TO_MTA },
	{ .name = "Service_Sessions", .type = CONFIG_INT, .fallback = ESMTP,
	  .validate = is_not_negative, .defval = "0", .help = LEFT_TO_MTA },
	{ .name = "Banner_Hostname", .fallback = ESMTP, .help = LEFT_TO_MTA },
	{ .name = "Static_Banner", .fallback = ESMTP, .help = LEFT_TO_MTA },
	{ .name = "Received_Hostname", .fallback = ESMTP,
	  .help = LEFT_TO_MTA },
	{ .name = "Require_EHLO", .type = CONFIG_BOOL, .fallback = ESMTP,
	  .defval = "false", .help = LEFT_TO_MTA },
	/* what the host runs on */
	{ .name = "DEBUG", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "()",
	  .help = "Parts of the host whose messages of this level are "
	      "logged." },
	{ .name = "INFO", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "()",
	  .help = "As `DEBUG`." },
	{ .name = "NOTICE", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "()",
	  .help = "As `DEBUG`." },
	{ .name = "WARNING", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "()",
	  .help = "As `DEBUG`." },
	{ .name = "ERROR", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "( ALL )",
	  .help = "As `DEBUG`." },
	{ .name = "CRITICAL", .flags = ARRAY, .map = subsystems,
	  .fallback = "Debug_Flags", .defval = "( ALL )",
	  .help = "As `DEBUG`." },
	{ .name = "Concurrency", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = "ThreadPool",
	  .defval = "0", .help = "Threads of the pool; 0: run in the caller." },
	{ .name = "Stack_Size", .type = CONFIG_SIZE,
	  .fallback = "ThreadPool", .defval = "0",
	  .help = "Octets of stack for each; 0: as the system has it." },
	{ .name = "Backlog", .type = CONFIG_INT, .validate = is_not_negative,
	  .fallback = "ThreadPool", .defval = "0",
	  .help = "Jobs that may wait; 0: any number." },
	{ .name = "Uri", .flags = ARRAY | CONFIG_OPTION_REQUIRED,
	  .fallback = "Datasource",
	  .help = "The databases to connect to, in turn; `sqlite:PATH`." },
	{ .name = "Cache_Size", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = "Datasource",
	  .defval = "1000", .help = "Answers to keep." },
	{ .name = "Cache_Life", .type = CONFIG_INT,
	  .validate = is_not_negative, .fallback = "Datasource",
	  .defval = "3600", .help = "Seconds to keep them." },
	{ .name = "Max_Rows", .type = CONFIG_INT, .fallback = "Datasource",
	  .defval = "100",
	  .help = "Rows of an answer; the rest is left out. -1: all." },
	{ .name = "Pool", .fallback = "Datasource",
	  .help = "Known, without effect: who asks waits in his own thread." },
	{ .name = "Serialized", .type = CONFIG_BOOL, .fallback = "Datasource",
	  .defval = "true",
	  .help = "Known, without effect: there is no cluster." },
	{ .name = "Assume_Charset", .fallback = "Datasource",
	  .help = "Known, without effect: texts come as the database has "
	      "them." },
	{ .name = "No_Cache", .type = CONFIG_BOOL, .fallback = "Datasource",
	  .defval = "false", .help = "Keep none." },
};

/* Of every module; the fallback is the module's scope. */
static const struct config_option module_options[] = {
	{ .name = "Enabled", .type = CONFIG_BOOL,
	  .defval = "true",
	  .help = "Whether the module acts by itself. If not, its functions "
	      "can still be called by policy." },
	{ .name = "Debug_Level", .type = CONFIG_INT, .map = levels,
	  .defval = "ERROR",
	  .help = "The least severe messages of the module that are "
	      "logged." },
};

static void
die(struct buffer *why)
{
	char *text = must(buffer_take_text(why));

	(void)fprintf(stderr, "rows of the host: %s\n", text);
	free(text);
	abort();
}

static void
add_option(struct registry *registry, const struct config_option *row)
{
	struct buffer why = { 0 };

	if (registry_add_option(registry, row, &why) < 0)
		die(&why);
	buffer_deinit(&why);
}

/* The one default that is not known before the program runs. */
static void
add_hostname(struct registry *registry, const struct config_option *row)
{
	struct config_option option = *row;
	char quoted[256] = "\"localhost\"", name[sizeof(quoted) - 2] = "";

	if (gethostname(name, sizeof(name) - 1) == 0 && name[0] != '\0' &&
	    strpbrk(name, "\"\\") == NULL)
		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	option.defval = quoted;
	add_option(registry, &option);
}

void
host_options_add(struct registry *registry)
{
	struct buffer why = { 0 };

	for (size_t i = 0; i < COUNT(scopes); i++) {
		if (registry_add_scope(registry, &scopes[i], &why) == NULL)
			die(&why);
	}
	add_hostname(registry, &options[0]);
	for (size_t i = 1; i < COUNT(options); i++)
		add_option(registry, &options[i]);
	buffer_deinit(&why);
}

const struct config_scope *
host_options_add_module(struct registry *registry, const char *name,
    bool singleton, const char *help, struct buffer *why)
{
	const struct config_scope row = {
		.name = name,
		.parents = "Global",
		.flags = CONFIG_SCOPE_MODULE |
		    (singleton ? CONFIG_SCOPE_ONE : 0),
		.help = help,
	};
	const struct config_scope *scope = registry_add_scope(registry, &row,
	    why);

	for (size_t i = 0; scope != NULL && i < COUNT(module_options); i++) {
		struct config_option option = module_options[i];

		option.fallback = name;
		option.module = name;
		if (registry_add_option(registry, &option, why) < 0)
			return NULL;
	}
	return scope;
}
