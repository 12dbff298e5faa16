"""Envelope, variables, verdicts and other facts of messages.

usage: message_test.py MAILSEALD
"""
from policy import (ACCEPTED, DEFERRED, DISCARDED, policy, rows, run,
                    script)
from tap import equal, holds, lacks, main, test

GROUPS = """binding "one" { }
binding_group "pool" { binding "p1" { } binding "p2" { } }
"""

rows(test, [
    ("context_get gives \"\" for what is not there, and text for all else", r"""
     is(msg:context_get(core.ECMESS_CTX_MESS, "k"), "")
     is(msg:context_set(core.ECMESS_CTX_MESS, "k", 5), 1)
     is(msg:context_get(core.ECMESS_CTX_MESS, "k"), "5")
     msg:context_set(core.ECMESS_CTX_MESS, "k", true)
     is(msg:context_get(core.ECMESS_CTX_MESS, "k"), "true")
     is(msg:context_set(core.ECMESS_CTX_MESS, "n", nil), 0)
     is(msg:context_exists(core.ECMESS_CTX_MESS, "n"), 0)"""),
    ("context_exists and context_delete give numbers", r"""
     is(msg:context_exists(core.ECMESS_CTX_MESS, "k"), 0)
     msg:context_set(core.ECMESS_CTX_MESS, "k", "")
     is(msg:context_exists(core.ECMESS_CTX_MESS, "k"), 1)
     is(msg:context_delete(core.ECMESS_CTX_MESS, "k"), 1)
     is(msg:context_delete(core.ECMESS_CTX_MESS, "k"), 0)"""),
    ("context_exists_and_get gives 1 and the text, or 0 and nil", r"""
     msg:context_set(core.ECMESS_CTX_CONN, "k", "v")
     local e, v = msg:context_exists_and_get(core.ECMESS_CTX_CONN, "k")
     is(e, 1) is(v, "v")
     e, v = msg:context_exists_and_get(core.ECMESS_CTX_MESS, "k")
     is(e, 0) is(v, nil)"""),
    ("a message and its context share their variables (facts 3.4)", r"""
     msg:context_set(core.ECMESS_CTX_MESS, "a", "1")
     is(vctx:get(core.VCTX_MESS, "a"), "1")
     vctx:set(core.VCTX_CONN, "b", "2")
     is(msg:context_get(core.ECMESS_CTX_CONN, "b"), "2")"""),
    ("a wrong type of context, and a key with NUL, are errors", r"""
     fails(function() msg:context_get(2, "k") end, "the type of a context")
     fails(function() msg:context_get("mess", "k") end, "the type of a context")
     fails(function() msg:context_set(0, "a\0b", "v") end,
           "a key cannot hold a NUL byte")
     fails(function() msg:context_set(0, "a", "v\0") end,
           "a value cannot hold a NUL byte")
     fails(function() msg:context_set(0, {}, "v") end, "string expected")"""),
    ("the functions of msys.core do the same", r"""
     core.ec_message_context_set(msg, 1, "k", "v")
     is(core.ec_message_context_get(msg, 1, "k"), "v")
     is(core.ec_message_context_exists(nil, 1, "k"), 1)
     is(select(2, core.ec_message_context_exists_and_get(nil, 1, "k")), "v")
     is(core.ec_message_context_delete(nil, 1, "k"), 1)"""),
    ("mailfrom gives and sets the bare address", r"""
     is(msg:mailfrom(), "ann@a.test") is(msg:mailfrom("x@y.test"), "x@y.test")
     is(msg:mailfrom("<b@b.test>"), "b@b.test") is(msg:mailfrom(""), "")"""),
    ("what is no address is refused as a sender", r"""
     fails(function() msg:mailfrom("a b@c.test") end, "is not an address")
     fails(function() msg:mailfrom("a@b\r\nRCPT TO:<c@d>") end,
           "cannot hold control characters")
     fails(function() msg:mailfrom("a@b\0") end, "NUL byte")
     fails(function() msg:mailfrom(string.rep("a", 3000)) end, "too long")
     is(msg:mailfrom(), "ann@a.test")"""),
    ("rcptto gives the recipient, and is not set before each_rcpt", r"""
     is(msg:rcptto(), "bob+list@b.test")
     fails(function() msg:rcptto("x@y.test") end,
           "from validate_data_spool_each_rcpt on")"""),
    ("get_envelope2 writes into ec_strings", r"""
     local l, d = core.string_new(), core.string_new()
     is(msg:get_envelope2(core.EC_MSG_ENV_TO, l, d), 1)
     is(tostring(l), "bob+list") is(tostring(d), "b.test")
     msg:get_envelope2(core.EC_MSG_ENV_FROM | core.EC_MSG_ENV_COMPLETE, l, d)
     is(tostring(l), "ann@a.test") is(tostring(d), "")
     msg:get_envelope2(core.EC_MSG_ENV_FROM, nil, d) is(tostring(d), "a.test")
     """),
    ("get_envelope2 wants one of FROM and TO, and ec_strings", r"""
     local l, d = core.string_new(), core.string_new()
     fails(function() msg:get_envelope2(3, l, d) end, "flags must have one of")
     fails(function() msg:get_envelope2(0, l, d) end, "flags must have one of")
     fails(function() msg:get_envelope2(1, "l", d) end, "ec_string expected")
     """),
    ("routing_domain is the recipient's until it is set, and lower-case", r"""
     is(msg:routing_domain(), "b.test")
     is(msg:routing_domain("Other.TEST"), "other.test")
     is(msg:routing_domain(), "other.test")"""),
    ("discard, quarantine and code in other words than they take are errors",
     r"""
     fails(function() msg:discard("a\0") end, "NUL byte")
     fails(function() msg:discard({}) end, "string expected")
     fails(function() msg:code(0, "hello") end, "a code is a number")
     fails(function() msg:code(600, "x") end, "a code is a number")"""),
    ("code sets and gives, every line with the number (RFC 5321 4.2.1)", r"""
     is(msg:code(), nil) is(msg:code(421, "Too much"), "421 Too much")
     is(msg:code("421", "a\nb"), "421-a\r\n421 b")
     is(msg:code(0, "550 5.1.1 no"), "550 5.1.1 no")
     is(msg:code(0, "550-a\r\n550 b"), "550-a\r\n550 b")
     is(msg:set_code(250, "fine"), 550) is(msg:get_code(), "250 fine")
     is(msg:code(451), "451")"""),
    ("size, method, kind of message", r"""
     is(msg:get_message_size(), #msg:raw()) is(msg:get_delivery_method(), "smtp")
     is(msg:is_mcmt(), false)"""),
    ("where it came from, whole or in parts", r"""
     is(msg:reception_peer("ip"), "192.0.2.7") is(msg:reception_peer("port"), "0")
     is(msg:reception_peer(), "192.0.2.7:0")
     is(msg:reception_peer("all"), tostring(msg.recv_from))
     is(core.ec_sockaddr_family(msg.recv_from), core.AF_INET)
     is(msg:listener_addr(), tostring(msg.recv_via))
     fails(function() msg:reception_peer("name") end, "invalid option")"""),
    ("ids are texts, and the connection's is that of ac", r"""
     is(type(msg.id), "string") is(#msg.batch_id, 18)
     is(msg.conn_id, ac.conn_id) is("" .. msg.id, tostring(msg.id))"""),
    ("recv_method says ESMTP, and INTERNAL for a script's own", r"""
     is(msg.recv_method, core.P_ESMTP) is(core.P_ESMTP, 2)
     is(core.ec_message_new().recv_method, core.P_INTERNAL)"""),
    ("priority may be set, other members not", r"""
     msg.priority = 1 is(msg.priority, 1) msg.priority = 0 is(msg.priority, 0)
     fails(function() msg.recv_method = 1 end,
           "a message has no member 'recv_method' to set")
     is(msg.nothing, nil) is(msg[5], nil)"""),
    ("functions without a message mean that of the callout", r"""
     local header = msg.header
     is(header(nil, "Received")[1], "from a by b")
     fails(function() header(5, "Received") end, "ec_message expected")
     fails(function() header(vctx, "Received") end, "ec_message expected")"""),
    ("a copy is a message of its own", r"""
     local copy = msg:copy()
     copy:header("X", "1") copy:body("other\r\n.\r\n") copy:rcptto("z@z.test")
     copy:context_set(1, "k", "v")
     is(#msg:header("X"), 0) is(msg:context_exists(1, "k"), 0)
     is(msg:rcptto(), "bob+list@b.test") is(copy:body(), "other\r\n")
     is(copy:mailfrom(), "ann@a.test") is(copy:header("Received")[2],
                                          "from c by a")"""),
    ("a new message is empty, and what it lacks is nil", r"""
     local new = core.ec_message_new(0)
     is(new:raw(), "\r\n") is(new:mailfrom(), nil) is(new:rcptto(), nil)
     is(new:text(), "") is(new:routing_domain(), nil)
     is(new:rcptto("a@a.test"), "a@a.test")"""),
    ("a thousand copies do not pile up", r"""
     for i = 1, 1000 do msg:copy() end collectgarbage()"""),
    ("inject and forward say that they cannot be had", r"""
     fails(function() msg:inject("a@a.test", "b@b.test") end,
           "msg:inject is not available in mailseal: ")
     fails(function() msg:forward("a@a.test", "b@b.test", "x") end,
           "msg:forward is not available in mailseal: ")"""),
])


def each_rcpt(body):
    """Run it for each recipient, and tell who is left at the end."""
    text = script(body, "validate_data_spool_each_rcpt").replace(
        "msys.registerModule", """function mod:core_final_validation(m, ac, v)
          print("left: " .. table.concat(v:recipient_list(), " ") .. ".")
        end
        msys.registerModule""")
    out = run({"policy.lua": text})
    equal(out.err.count("reached the end"), 2, out.err)
    equal(out.status, ACCEPTED)
    return out


@test("rcptto is that of each callout, and setting it changes that one")
def set_rcptto():
    out = each_rcpt("""if msg:rcptto() == "cy@c.test" then
                       is(msg:rcptto("dan@d.test"), "dan@d.test") end""")
    holds(out.err, "dan@d.test")
    holds(out.err, "bob+list@b.test")
    lacks(out.err, "cy@c.test")


@test("header and body can be read but not changed while the message comes "
      "in")
def too_early():
    for callout, message in (("validate_rcptto", "msg"),
                             ("validate_mailfrom", "core."
                              "accept_construct_get_message_construct(ac)"
                              ".message")):
        policy(f"local msg = {message}" + """
               is(#msg:header("Subject"), 0) is(msg:body(), "")
               for _, f in ipairs{
                 function() msg:header("X", "y") end,
                 function() msg:header("X", "") end,
                 function() msg:body("x") end,
                 function() msg:raw("A: b") end,
                 function() msg:text("x") end,
                 function() msg:mime(false):header("X", "y") end,
                 function() msg:mime(false):text("y") end,
                 function() msg:build({}, {}) end,
               } do
                 fails(f, "the message is not there yet: header and body can "
                       .. "be changed from validate_data on")
               end""", callout)


@test("binding sets and gives names; one that does not exist is nil")
def binding():
    policy("""is(msg:binding(), "default") is(msg:binding("none"), nil)
           is(msg:binding("one"), "one") is(msg:binding(), "one")
           is(msg:binding_group(), nil)
           is(msg:binding("p2"), "p2") is(msg:binding_group(), "pool")
           is(msg:binding("default"), "default")""",
           "validate_set_binding", conf=GROUPS)


@test("binding_group sets a binding of the group; none is nil")
def binding_group():
    policy("""is(msg:binding_group("none"), nil)
           is(msg:binding_group("pool"), "pool")
           is(msg:binding():sub(1, 1), "p")""",
           "validate_set_binding", conf=GROUPS)


@test("discard drops the message, whatever comes behind it")
def discard():
    out = policy('msg:discard() msg:header("X", "1")')
    equal(out.status, DISCARDED)


@test("in a callout for one recipient discard is for that one")
def discard_one():
    out = each_rcpt('if msg:rcptto() == "cy@c.test" then msg:discard() end')
    holds(out.err, "left: bob+list@b.test.")


@test("the reason of discard is as given if it begins with a code, else "
      "internal (facts 6.7)")
def reasons():
    for argument, reason in (("", "550 5.7.0 discarded by policy"),
                             ('"nope"', "550 5.7.1 [internal] discarded by "
                              "policy"),
                             ('"550 My reason"', "550 My reason")):
        out = policy(f"msg:discard({argument})")
        equal(out.status, DISCARDED)
        holds(out.err, reason)


@test("discard, quarantine and code are errors in validate_set_binding")
def not_there():
    policy("""fails(function() msg:discard() end, "discard cannot be called in "
                 .. "validate_set_binding")
           fails(function() msg:quarantine() end, "quarantine cannot be called")
           fails(function() msg:code() end, "code cannot be called")""",
           "validate_set_binding")


@test("a message that a script keeps beyond its end is an error, not a crash")
def kept():
    kept_script = """local mod, kept = {}, {}
function mod:validate_data_spool(msg, ac, vctx)
  kept = {msg, vctx, ac, msg:mime(),
          msys.core.accept_construct_get_message_construct(ac)}
  setmetatable(kept[1] and {}, {})
  return msys.core.VALIDATE_CONT
end
function mod:deinit()
  for _, f in ipairs{
    function() return kept[1]:header("X") end,
    function() return kept[1].id end,
    function() kept[1].priority = 1 end,
    function() return kept[2]:get(0, "k") end,
    function() return kept[2].code end,
    function() return kept[3].remote_addr end,
    function() return kept[4]:header("X") end,
    function() return kept[5].message end,
  } do
    local ok, why = pcall(f)
    print(ok and "not gone" or string.find(why, "is gone", 1, true) and "gone"
          or why)
  end
  return true
end
msys.registerModule("test", mod)
"""
    out = run({"policy.lua": kept_script})
    equal(out.status, ACCEPTED)
    equal(out.err.count("scriptlet: gone"), 8, out.err)
    lacks(out.err, "not gone")


@test("changes of the envelope go on with the message")
def envelope():
    out = policy('msg:mailfrom("new@n.test")')
    equal(out.status, ACCEPTED)


@test("an error in a callout defers the message, with the place in the log")
def error():
    out = run({"policy.lua": script('msg:header("X: y", "z")')})
    equal(out.status, DEFERRED)
    holds(out.err, "the name of a header field is printable ASCII")
    holds(out.err, "policy.lua:")


main()
