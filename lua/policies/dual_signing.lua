-- dual_signing.lua: a second signature for some domains.
--
-- The first one is made by the dkim_sign stanza, as always; this adds another,
-- with what a table says for the message's responsible domain: another domain,
-- that of a service provider say, another selector, or another kind of key.
--
-- Change nothing here: see docs/policies/dual_signing.md.
require("msys.core")
require("msys.validate.dkim")

local core, dkim = msys.core, msys.validate.dkim
local settings = require("policies.settings")("dual_signing", {
	-- responsible domain -> options of msys.validate.dkim.sign; "*" is for
	-- all that are not named
	domains = {},
	only_relay = true,	-- sign for clients that may relay, and no others
})

local mod = {}
local lower = {}	-- the same table; domains do not care for case

for domain, options in pairs(settings.domains) do
	if type(domain) ~= "string" or type(options) ~= "table" then
		error("dual_signing: domains must have domains as names, and " ..
		    "tables with options as values", 0)
	end
	lower[string.lower(domain)] = options
end

function mod:init()
	if next(lower) == nil then
		print("dual_signing: there are no domains in its settings, " ..
		    "so nothing gets a second signature")
	end
	return true
end

function mod:core_final_validation(msg, ac, vctx)
	local domain = dkim.get_responsible_domain(msg, vctx)
	local options = lower[domain] or lower["*"]

	if domain == "" or options == nil or (settings.only_relay and
	    vctx:get(core.VCTX_CONN, "can_relay") ~= "true") then
		return core.VALIDATE_CONT
	end
	if dkim.sign(msg, vctx, options) ~= 1 then
		print("dual_signing: no second signature for '" .. domain .. "'")
	end
	return core.VALIDATE_CONT
end

msys.registerModule("dual_signing", mod)
