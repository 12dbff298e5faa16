"""msys.core, msys.config, ec_string, and globals that scripts expect.

usage: core_test.py MAILSEALD
"""
from policy import policy, rows
from tap import holds, main, test

CONF = """hostname = "mx.test"
relay_hosts = ( 10.0.0.0/8 )
dns_timeout = 7
domain "b.test" { dkim = false }
binding "one" { dkim = true domain "c.test" { dkim = false } }
binding_group "pool" { binding "p1" { } binding "p2" { } }
"""

rows(test, [
    ("validation constants have the published values (facts 3.2)", r"""
     is(core.VALIDATE_CONT, 0) is(core.VALIDATE_DONE, 1)
     is(core.VALIDATE_AGAIN, 2) is(core.EC_HOOK_CONT, 0)
     is(core.EC_HOOK_DONE, 1) is(core.EC_HOOK_RETRY, 2)"""),
    ("contexts of message and connection have equal numbers (facts 3.4)", r"""
     is(core.VCTX_CONN, core.ECMESS_CTX_CONN)
     is(core.VCTX_MESS, core.ECMESS_CTX_MESS)
     is(core.VCTX_CONN ~= core.VCTX_MESS, true)"""),
    ("every documented constant is a number (facts 6.9)", r"""
     for _, name in ipairs{"EC_MSG_ENV_FROM", "EC_MSG_ENV_TO",
       "EC_MSG_ENV_COMPLETE", "AF_INET", "AF_INET6", "O_RDONLY", "O_RDWR",
       "O_RDRW", "O_WRONLY", "O_CREAT", "O_APPEND", "O_BINARY", "LOG_WARNING",
       "ECTP_COMPLETE_CALLBACK", "ECTP_COMPLETE_CALLBACK_SCHED", "EC_AUTH_OK",
       "EC_AUTH_FAIL", "EC_AUTH_ERROR", "P_INTERNAL", "P_ESMTP",
       "EC_MIME_TE_7BIT", "EC_MIME_TE_8BIT", "EC_MIME_TE_BASE64",
       "EC_MIME_TE_QUOTED_PRINTABLE"} do
       is(math.type(core[name]), "integer", name)
     end"""),
    ("libraries are what require gives", r"""
     is(require("msys.core"), msys.core)
     for _, name in ipairs{"message", "message_routing", "vctx", "ac"} do
       is(type(require("msys.extended." .. name)), "table")
     end"""),
    ("an ec_string has text, length and set", r"""
     local s = core.string_new()
     is(tostring(s), "") is(#s, 0) s:set("a\0b") is(#s, 3)
     is(s.buffer, "a\0b") is(s.len, 3) is(s .. "c", "a\0bc")
     is("c" .. s, "ca\0b") s:write("!") is(tostring(s), "a\0b!")
     s.buffer = "x" is(tostring(s), "x") is(s.nothing, nil) s:set(5)
     is(tostring(s), "5") is(string.find(tostring(s), "5"), 1)
     fails(function() s.len = 1 end, "an ec_string has no member 'len'")
     fails(function() s:set({}) end, "string expected")
     fails(function() s.set(5, "x") end, "ec_string expected")"""),
    ("get_now_ts is the time in whole seconds", r"""
     is(math.type(core.get_now_ts()), "integer")
     is(core.get_now_ts() > 1600000000, true)"""),
    ("ec_sockaddr_family wants an address", r"""
     is(core.ec_sockaddr_family(ac.remote_addr), core.AF_INET)
     fails(function() core.ec_sockaddr_family("192.0.2.1") end,
           "ec_sockaddr expected")"""),
    ("functions of mail queues say that they cannot be had", r"""
     for _, f in ipairs{"dns_get_domain", "mail_queue_delay_domain"} do
       fails(function() core[f]("a.test", "x") end,
             "msys.core." .. f .. " is not available in mailseal: ")
     end"""),
    ("trim takes white space off both ends", r"""
     is(trim(" \t a b\r\n"), "a b") is(trim(""), "") is(trim("\0 "), "\0")
     fails(function() trim() end, "string expected")"""),
    ("a message construct is asked for with a connection", r"""
     fails(function() core.accept_construct_get_message_construct(5) end,
           "accept_construct expected")
     is(core.accept_construct_get_message_construct().message.id, msg.id)"""),
    ("ec_message_new takes a time, or none", r"""
     is(core.ec_message_new(5):raw(), "\r\n")
     fails(function() core.ec_message_new("x") end, "must be a number")"""),
])


def with_conf(sentence, body):
    test(sentence)(lambda: policy(body, conf=CONF))


with_conf("bindings have numbers and names", r"""
    is(core.config_get_binding_id_from_name("default"), 0)
    local one = core.config_get_binding_id_from_name("one")
    is(one > 0, true) is(core.config_get_binding_name_from_id(one), "one")
    is(core.config_get_binding_id_from_name("none"), -1)
    is(core.config_get_binding_id_from_name(""), -1)
    is(core.config_get_binding_name_from_id(999), nil)
    is(core.config_get_binding_name_from_id(-1), nil)
    fails(function() core.config_get_binding_name_from_id("x") end,
          "must be a number")""")

with_conf("groups have sizes, 0 when there is none", r"""
    is(core.config_get_binding_group_size("pool"), 2)
    is(core.config_get_binding_group_size("one"), 0)
    is(core.config_get_binding_group_size(""), 0)
    is(core.config_get_hostname(), "mx.test")""")

with_conf("msys.config gives values of every kind, and text", r"""
    local value, text = msys.config("get", "hostname")
    is(value, "mx.test") is(text, "hostname = mx.test")
    is(msys.config("get", "dns_timeout"), 7)
    is(msys.config("get", "Dns_Timeout"), 7)
    is(type(msys.config("get", "relay_hosts")), "table")
    is(msys.config("get", "domain", "b.test", "dkim"), false)
    is(msys.config("GET", "domain", "x.test", "dkim"),
       msys.config("get", "dkim"))""")

with_conf("msys.config looks into scopes with the option's fallback", r"""
    is(msys.config("get", "binding", "one", "dkim"), true)
    is(msys.config("get", "binding", "one", "domain", "c.test", "dkim"), false)
    is(msys.config("get", "binding", "one", "hostname"), "mx.test")""")

with_conf("an option that does not exist is nil, with words", r"""
    local value, text = msys.config("get", "binding", "one", "no_such_option")
    is(value, nil) is(text, "there is no option 'no_such_option'")
    is(msys.config("get", "no.such:option"), nil)
    is(msys.config("get", "no", "scope", "hostname"), "mx.test")""")

with_conf("msys.config sets nothing, and wants pairs", r"""
    fails(function() msys.config("set", "hostname", "x") end,
          'msys.config("set") is not available in mailseal')
    fails(function() msys.config("get") end, "pairs of scope and name")
    fails(function() msys.config("get", "a", "b") end, "pairs of scope")
    fails(function() msys.config("get", {}) end, "string expected")
    fails(function() msys.config() end, "string expected")""")


@test("debug.output writes one line to the log, whatever is in it")
def debug_output():
    out = policy(r'debug.output("x\n[today] forged", 5, nil)')
    holds(out.err, "x?[today] forged 5 nil")


main()
