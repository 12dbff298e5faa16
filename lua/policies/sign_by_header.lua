-- sign_by_header.lua: who sends a message says which domain signs it.
--
--	X-DkimDomain: news.example.com
--
-- The field is taken out of every message.  It counts when the client may relay
-- and the domain is in a list, or has a key where keys are; a client that may
-- not use a domain is told so.
--
-- Change nothing here: see docs/policies/sign_by_header.md.
require("msys.core")
require("msys.extended.message")
require("msys.extended.vctx")
require("msys.validate.dkim")

local core, dkim = msys.core, msys.validate.dkim
local settings = require("policies.settings")("sign_by_header", {
	field = "X-DkimDomain",
	domains = {},		-- those that may be asked for
	any_with_key = false,	-- or any that has a key
	keyfile = "/etc/mailseal/keys/%{d}/%{s}.key",	-- where keys are
	replace = true,		-- no other signature; false: besides the usual
	options = {},		-- more of msys.validate.dkim.sign
	reject = true,		-- refuse what may not be asked for; false: the
				-- field is taken out, and that is all
	reject_unsigned = true,	-- refuse what cannot be signed
})

local MARK = "#sign_by_header"		-- the domain, in the message context
local BYPASS = "__bypass_dkim_sign"	-- makes dkim_sign stand aside
local OURS = "#sign_by_header_bypass"	-- it was us who set that

local mod = {}
local allowed = {}

for _, domain in ipairs(settings.domains) do
	allowed[string.lower(domain)] = true
end

function mod:init()
	if next(allowed) == nil and not settings.any_with_key then
		print("sign_by_header: its settings allow no domain")
	end
	return true
end

-- The domain in lower case, or nil for what is none.  It gets into the path of a
-- key file.
local function domain_of(text)
	local domain = string.lower((string.gsub(text, "^%s*(.-)%s*$", "%1")))

	if #domain > 253 or string.find(domain, "[^%w.-]") or
	    string.find(domain, "..", 1, true) or
	    string.find(domain, "^[.-]") or string.find(domain, "[.-]$") or
	    not string.find(domain, ".", 1, true) then
		return nil
	end
	return domain
end

-- The mark of a message before this one on the connection is gone with it, but
-- not what we did to dkim_sign, if that message was refused on its way.
local function stand_back(vctx)
	if vctx:exists(core.VCTX_CONN, OURS) == 1 then
		vctx:delete(core.VCTX_CONN, OURS)
		vctx:delete(core.VCTX_CONN, BYPASS)
	end
end

local function refuse(vctx, text)
	if settings.reject then
		vctx:set_code(550, "5.7.1 " .. settings.field .. ": " .. text)
		return core.VALIDATE_DONE
	end
	return core.VALIDATE_CONT
end

function mod:validate_mailfrom(str, ac, vctx)
	stand_back(vctx)
	return core.VALIDATE_CONT
end

function mod:validate_data_spool(msg, ac, vctx)
	local fields = msg:header(settings.field)
	local domain

	stand_back(vctx)
	vctx:delete(core.VCTX_MESS, MARK)
	if #fields == 0 then
		return core.VALIDATE_CONT
	end
	msg:header(settings.field, "")
	if vctx:get(core.VCTX_CONN, "can_relay") ~= "true" then
		return core.VALIDATE_CONT	-- not theirs to say
	end
	domain = domain_of(fields[1])
	if #fields > 1 or domain == nil then
		return refuse(vctx, "one domain is wanted")
	end
	if not allowed[domain] and not settings.any_with_key then
		return refuse(vctx, "you may not sign as " .. domain)
	end
	vctx:set(core.VCTX_MESS, MARK, domain)
	if settings.replace and vctx:exists(core.VCTX_CONN, BYPASS) == 0 then
		vctx:set(core.VCTX_CONN, BYPASS, "true")
		vctx:set(core.VCTX_CONN, OURS, "true")
	end
	return core.VALIDATE_CONT
end

function mod:core_final_validation(msg, ac, vctx)
	local domain = vctx:get(core.VCTX_MESS, MARK)
	local options = {}

	if domain == "" then
		return core.VALIDATE_CONT
	end
	-- the pattern is filled in here: left to dkim_sign, a domain without a
	-- key would be signed for with that of the responsible domain
	options.keyfile = string.gsub(settings.keyfile, "%%{d}", domain)
	for name, value in pairs(settings.options) do
		options[name] = value
	end
	options.base_domain = domain
	if dkim.sign(msg, vctx, options) ~= 1 then
		print("sign_by_header: not signed as '" .. domain .. "'")
		if settings.reject_unsigned then
			vctx:set_code(550, "5.7.1 " .. settings.field ..
			    ": there is no signature by " .. domain)
		end
	end
	return core.VALIDATE_CONT
end

function mod:core_post_final_validation(msg, ac, vctx)
	stand_back(vctx)
	return core.VALIDATE_CONT
end

msys.registerModule("sign_by_header", mod)
