"""Validation contexts, recipients and connections.

usage: vctx_test.py MAILSEALD
"""
from policy import (ACCEPTED, DEFERRED, REJECTED, policy, rows, run, script)
from tap import equal, holds, main, test

rows(test, [
    ("get gives \"\" for what is not there, set stores text", r"""
     is(vctx:get(core.VCTX_CONN, "k"), "")
     vctx:set(core.VCTX_CONN, "k", 1.5) is(vctx:get(core.VCTX_CONN, "k"), "1.5")
     is(vctx:get(core.VCTX_MESS, "k"), "")
     vctx:set(core.VCTX_MESS, "a", ac.remote_addr)
     is(vctx:get(core.VCTX_MESS, "a"), "192.0.2.7:0")"""),
    ("exists, exists_and_get, unset and delete", r"""
     is(vctx:exists(0, "k"), 0) vctx:set(0, "k", "v") is(vctx:exists(0, "k"), 1)
     local e, v = vctx:exists_and_get(0, "k") is(e, 1) is(v, "v")
     is(vctx:unset(0, "k"), 1) is(vctx:unset(0, "k"), 0)
     e, v = vctx:exists_and_get(0, "k") is(e, 0) is(v, nil)
     vctx:set(0, "k", "v") is(vctx:delete(0, "k"), 1)"""),
    ("wrong types, and NUL, are errors", r"""
     fails(function() vctx:get(5, "k") end, "the type of a context must be")
     fails(function() vctx:get(1) end, "string expected")
     fails(function() vctx:set(1, "a\0", "v") end, "NUL byte")
     fails(function() vctx:set(1, "k", {}) end, "string expected")"""),
    ("what the host says of the connection is there (facts 3.5)", r"""
     is(vctx:get(core.VCTX_CONN, "ehlo_domain"), "client.test")
     is(vctx:get(core.VCTX_MESS, "mailfrom_domain"), "a.test")
     is(vctx:get(core.VCTX_CONN, "message_rcpt_count"), "2")"""),
    ("set_code takes numbers and their texts (facts 6.8)", r"""
     is(vctx:set_code(550, "no"), 1) is(vctx.code, 550) is(vctx.note, "no")
     vctx:set_code("451", "later") is(vctx.code, 451)
     vctx:set_code(0, "553 5.1.1 who") is(vctx.code, 553)
     vctx:set_code(421) is(vctx.note, nil) vctx.code = 0"""),
    ("codes outside 200 to 599 are errors", r"""
     for _, code in ipairs{1, 199, 600, -5, 1e9} do
       fails(function() vctx:set_code(code, "x") end, "from 200 to 599")
     end
     for _, code in ipairs{"abc", "", 1e300, 0/0} do
       fails(function() vctx:set_code(code, "x") end, "a code must be a number")
     end
     fails(function() vctx:set_code(0, "hello") end, "from 200 to 599")
     fails(function() vctx:set_code({}, "x") end, "a code must be a number")
     fails(function() vctx.code = 17 end, "from 200 to 599")
     is(vctx.code, 0)"""),
    ("disconnect is a method to read and a field to write", r"""
     is(type(vctx.disconnect), "function")
     vctx.disconnect = 1 is(type(vctx.disconnect), "function")
     vctx.disconnect = 0 vctx.disconnect = true vctx.disconnect = false"""),
    ("members that are none are nil to read and errors to write", r"""
     is(vctx.nothing, nil) is(vctx[1], nil)
     fails(function() vctx.nothing = 1 end,
           "a validation context has no member 'nothing' to set")
     vctx.needs_auth_results = 1 is(vctx.needs_auth_results, 1)"""),
    ("tarpit takes seconds from 0", r"""
     vctx:tarpit(0) vctx:tarpit("0")
     for _, t in ipairs{-1, 0/0, 1e300, "x"} do
       fails(function() vctx:tarpit(t) end, "an interval is a number")
     end
     fails(function() vctx:tarpit() end, "an interval is a number")"""),
    ("recipient_list counts from 1, and has \"\" at 0 (facts 6.8)", r"""
     local list = vctx:recipient_list()
     is(#list, 2) is(list[0], "") is(list[1], "bob+list@b.test")
     is(list[2], "cy@c.test") is(list[3], nil)
     local n = 0 for k in pairs(list) do n = n + 1 end is(n, 2)"""),
    ("add_recipient takes one or a table, and adds none twice", r"""
     vctx:add_recipient("n@n.test") vctx:add_recipient("n@n.test")
     vctx:add_recipient{"o@o.test", "p@p.test"}
     is(#vctx:recipient_list(), 5)"""),
    ("what is no address is refused as a recipient", r"""
     fails(function() vctx:add_recipient("a b@c") end, "cannot be a recipient")
     fails(function() vctx:add_recipient("") end, "cannot be a recipient")
     fails(function() vctx:add_recipient("a@b\r\nc") end,
           "cannot be a recipient")
     fails(function() vctx:add_recipient("a@b\0") end, "NUL byte")
     fails(function() vctx:add_recipient({{}}) end, "string expected")
     fails(function() vctx:add_recipient() end, "string expected")
     is(#vctx:recipient_list(), 2)"""),
    ("remove_recipient takes one or a table; who is not there does not matter",
     r"""
     vctx:remove_recipient{"cy@c.test", "nobody@x.test"}
     is(#vctx:recipient_list(), 1)
     vctx:remove_recipient("bob+list@b.test") is(#vctx:recipient_list(), 0)"""),
    ("recipient_list with addresses replaces all", r"""
     is(#vctx:recipient_list("a@a.test"), 1)
     is(vctx:recipient_list()[1], "a@a.test")
     is(#vctx:recipient_list{"b@b.test", "c@c.test"}, 2)
     fails(function() vctx:recipient_list{"d@d.test", {}} end,
           "string expected")
     is(#vctx:recipient_list(), 2)"""),
    ("the functions of msys.core do the same", r"""
     core.validate_context_set(vctx, 1, "k", "v")
     is(core.validate_context_get(nil, 1, "k"), "v")
     is(core.validate_context_exists(vctx, 1, "k"), 1)
     core.validate_context_set_code(vctx, 250, "x") is(vctx.code, 250)"""),
    ("a connection tells its client", r"""
     is(tostring(ac.remote_addr), "192.0.2.7:0") is(ac.remote_addr.ip,
                                                    "192.0.2.7")
     is("" .. ac.remote_addr, "192.0.2.7:0")
     is(ac.remote_addr == msg.recv_from, true) is(ac.nothing, nil)
     is(#ac.conn_id, 18)
     fails(function() ac.conn_id = "x" end, "")"""),
    ("the message construct leads to message, context and connection", r"""
     local mc = core.accept_construct_get_message_construct(ac)
     is(mc.message.id, msg.id) mc.ctx:set(1, "k", "v")
     is(vctx:get(1, "k"), "v") is(mc.ac.conn_id, ac.conn_id)
     is(mc.message_rcpt_count, 2) is(mc.peer_address, "192.0.2.7")
     is(mc.nothing, nil)"""),
    ("what the mail server in front does says that it cannot be had", r"""
     for _, f in ipairs{"esmtp_capability_add", "esmtp_capability_remove"} do
       fails(function() ac[f](ac, "X") end,
             "ac:" .. f .. " is not available in mailseal: ")
     end"""),
    ("a connection knows how many there are", r"""
     is(ac:inbound_session_count(), 1) is(ac:inbound_session_count("/24"), 1)
     is(ac:inbound_session_count("192.0.2.0/24", "SMTP"), 1)
     is(ac:inbound_session_count("/32", "Control"), 0)
     is(ac:inbound_session_count("198.51.100.1"), 0)
     is(ac:pbp_inbound_session_count_service("SMTP", "/0"), 1)"""),
])


@test("nil as the value of a variable is logged and not set (facts 3.4)")
def nil_value():
    out = run({"policy.lua": script("""vctx:set(core.VCTX_MESS, "n", nil)
               is(vctx:exists(core.VCTX_MESS, "n"), 0)""")})
    holds(out.err, "reached the end")
    holds(out.err, "Attempt to set null key or value")


@test("a code from 400 up refuses the message, with its text")
def refuses():
    out = policy('vctx:set_code(554, "5.7.9 no\\r\\n250 yes")')
    equal(out.status, REJECTED)
    holds(out.err, "554 5.7.9 no??250 yes")
    equal(policy('vctx:set_code("451", "later")').status, DEFERRED)
    equal(policy('vctx:set_code(250, "fine")').status, ACCEPTED)


@test("disconnect refuses with 421 unless told otherwise")
def disconnects():
    for body in "vctx.disconnect = 1", "vctx:disconnect()":
        out = policy(body)
        equal(out.status, DEFERRED, body)
        holds(out.err, "421")
    holds(policy('vctx:disconnect(550, "go away")').err, "550")


@test("recipients that policy adds and takes away are those that it goes to")
def recipients():
    seen = ('function mod:validate_data_spool_each_rcpt(msg, ac, vctx)\n'
            'print("goes to " .. msg:rcptto())\n'
            'return msys.core.VALIDATE_CONT end\n'
            'msys.registerModule("test", mod)')
    text = script('vctx:recipient_list{"x@x.test", "cy@c.test"}')
    out = run({"policy.lua": text.replace('msys.registerModule("test", mod)',
                                          seen)})
    equal(out.err.count("goes to"), 2, out.err)
    holds(out.err, "goes to x@x.test")
    holds(out.err, "goes to cy@c.test")


@test("recipients cannot be changed while they come in, nor when they are "
      "gone through")
def too_late():
    for callout in ("validate_rcptto", "validate_data_spool_each_rcpt",
                    "core_final_validation"):
        policy("""for _, name in ipairs{"add_recipient", "remove_recipient",
                                         "recipient_list"} do
                   fails(function() vctx[name](vctx, "x@x.test") end,
                         name .. ": recipients cannot be changed in this phase")
                 end""", callout)


@test("in validate_mailfrom the message is reached through the connection "
      "(facts 6.3)")
def through_construct():
    policy("""local mc = core.accept_construct_get_message_construct(ac)
           is(mc.message:mailfrom(), "ann@a.test") is(#mc.message:header("X"), 0)
           is(tostring(str):find("ann@a.test", 1, true) ~= nil, true)
           """, "validate_mailfrom")


@test("in validate_connect there is a connection and no message")
def connect():
    policy("""local mc = core.accept_construct_get_message_construct(ac)
           is(mc.message, nil) vctx:set(core.VCTX_CONN, "k", "v")
           is(#vctx:recipient_list(), 0)
           fails(function() core.ec_message_context_get(nil, 1, "k") end,
                 "no message")""", "validate_connect")


main()
