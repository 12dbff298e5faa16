-- refuse_spoofed.lua: nobody outside writes in our name.
--
-- Mail from clients that may not relay, with one of our own domains in From, is
-- refused unless a DKIM signature passes that is aligned with From (RFC 7489
-- section 3.1.1): that of our mail which comes back from elsewhere.
--
-- Change nothing here: see docs/policies/refuse_spoofed.md.
require("msys.core")
require("msys.extended.message")
require("msys.extended.vctx")

local core = msys.core
local settings = require("policies.settings")("refuse_spoofed", {
	domains = {},		-- our own
	subdomains = true,	-- and all below them
	alignment = "relaxed",	-- what is asked for; or "strict"
	except = {},		-- IP addresses of clients that may (mailing lists)
	text = "5.7.1 mail from this domain must carry its DKIM signature",
	text_temporary = "4.7.5 DKIM key cannot be had now, try again later",
})

local mod = {}
local spared = {}

for _, address in ipairs(settings.except) do
	spared[address] = true
end
if settings.alignment ~= "relaxed" and settings.alignment ~= "strict" then
	error("refuse_spoofed: alignment is relaxed or strict", 0)
end

function mod:init()
	if #settings.domains == 0 then
		print("refuse_spoofed: there are no domains in its " ..
		    "settings, so nothing is refused")
	end
	return true
end

local function ends_in(text, ending)
	return string.sub(text, -#ending) == ending
end

local function is_ours(domain)
	domain = string.gsub(string.lower(domain), "%.$", "")
	for _, own in ipairs(settings.domains) do
		own = string.lower(own)
		if domain == own or
		    (settings.subdomains and ends_in(domain, "." .. own)) then
			return true
		end
	end
	return false
end

-- From has no address that can be read, but readers may be shown one.
local function looks_like_ours(msg)
	for _, text in ipairs(msg:header("From")) do
		text = string.lower(text)
		for _, own in ipairs(settings.domains) do
			if string.find(text, string.lower(own), 1, true) then
				return true
			end
		end
	end
	return false
end

local function claims_to_be_ours(msg)
	local domains = msg:address_header("From", "domain")

	for _, domain in ipairs(domains) do
		if is_ours(domain) then
			return true
		end
	end
	return #domains == 0 and looks_like_ours(msg)
end

local function is_aligned(vctx)
	local alignment = vctx:get(core.VCTX_MESS, "dkim_alignment")

	return alignment == "strict" or alignment == settings.alignment
end

local function comes_from_us(ac, vctx)
	return vctx:get(core.VCTX_CONN, "can_relay") == "true" or
	    spared[ac.remote_addr.ip]
end

function mod:validate_data_spool(msg, ac, vctx)
	if comes_from_us(ac, vctx) or not claims_to_be_ours(msg) or
	    is_aligned(vctx) then
		return core.VALIDATE_CONT
	end
	if vctx:exists(core.VCTX_MESS, "dkim_alignment") == 0 then
		error("dkim_validate has not looked at this message: does " ..
		    "the configuration have a stanza of it?", 0)
	end
	if vctx:get(core.VCTX_MESS, "dkim_result") == "temperror" then
		vctx:set_code(451, settings.text_temporary)
	else
		vctx:set_code(550, settings.text)
	end
	return core.VALIDATE_DONE
end

msys.registerModule("refuse_spoofed", mod)
