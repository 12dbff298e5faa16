-- exim_dkim.lua: refuse what fails, say what passes, slow down what is unsigned.
--
-- The rules are those that administrators of Exim know.  A message is pass, fail
-- (changed, or not theirs), invalid (the signature cannot be verified, for its
-- syntax, its key, or our options) or none (unsigned).  If any signature passes,
-- the message does; what counts is what dkim_validate found out.
--
-- Each rule can be switched off.  Change nothing here: see
-- docs/policies/exim_dkim.md.
require("msys.core")
require("msys.extended.message")
require("msys.extended.vctx")

local core = msys.core
local settings = require("policies.settings")("exim_dkim", {
	reject_fail = true,	-- refuse what was changed or forged
	reject_invalid = true,	-- refuse what cannot be verified
	defer_temporary = true,	-- ask to come again when a key cannot be had now
	spare_test_keys = true,	-- accept both from keys in test mode, and note it
	delay_test = 30,	-- seconds that such a client waits; 0: none
	delay_unsigned = 60,	-- the same for unsigned mail
	note_pass = true,	-- X-DKIM on what passes
	exempt_relay = true,	-- none of this for clients that may relay
	text_fail = "5.7.20 DKIM signature does not fit the message",
	text_invalid = "5.7.20 DKIM signature cannot be verified",
	text_temporary = "4.7.5 DKIM key cannot be had now, try again later",
})

local mod = {}

local function found(vctx, name)
	return vctx:get(core.VCTX_MESS, "dkim_" .. name)
end

-- A reply or a field is one line, and has room for a part of it.
local function brief(text)
	return (string.gsub(string.sub(text, 1, 200), "[^\32-\126]", "?"))
end

local function note(msg, text)
	msg:header("X-DKIM", brief(text), "prepend")
end

local function delay(vctx, seconds)
	if seconds > 0 then
		vctx:tarpit(seconds)
	end
end

local function refuse(vctx, code, text)
	vctx:set_code(code, text .. ": " .. brief(found(vctx, "diagnostic")))
	return core.VALIDATE_DONE
end

-- What to do with a signature that does not hold.
local function bad(msg, vctx, status)
	if found(vctx, "result") == "temperror" then
		if settings.defer_temporary then
			return refuse(vctx, 451, settings.text_temporary)
		end
	elseif settings.spare_test_keys and
	    found(vctx, "testing") == "true" then
		note(msg, string.format("%s (test mode) d=%s: %s", status,
		    found(vctx, "signer"), found(vctx, "diagnostic")))
		delay(vctx, settings.delay_test)
	elseif status == "fail" and settings.reject_fail then
		return refuse(vctx, 550, settings.text_fail)
	elseif status == "invalid" and settings.reject_invalid then
		return refuse(vctx, 550, settings.text_invalid)
	end
	return core.VALIDATE_CONT
end

local function was_skipped(vctx)
	return vctx:get(core.VCTX_CONN, "__bypass_dkim_validate") == "true"
end

local function may_relay(vctx)
	return vctx:get(core.VCTX_CONN, "can_relay") == "true"
end

function mod:validate_data_spool(msg, ac, vctx)
	local status = found(vctx, "status")

	msg:header("X-DKIM", "")	-- that of others says nothing
	if was_skipped(vctx) or
	    (settings.exempt_relay and may_relay(vctx)) then
		return core.VALIDATE_CONT
	end
	if status == "" then
		error("dkim_validate has not looked at this message: does " ..
		    "the configuration have a stanza of it?", 0)
	end
	if status == "pass" then
		if settings.note_pass then
			note(msg, "pass d=" .. found(vctx, "signer"))
		end
	elseif status == "none" then
		delay(vctx, settings.delay_unsigned)
	else
		return bad(msg, vctx, status)
	end
	return core.VALIDATE_CONT
end

msys.registerModule("exim_dkim", mod)
