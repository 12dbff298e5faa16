-- settings.lua: what an administrator changed in a ready policy.
--
-- A policy stands in a file that an update replaces, so nobody has to edit it:
-- its settings may be given in NAME_settings.lua beside the configuration, which
-- returns a table with those that differ:
--
--	return { delay_unsigned = 0 }
--
-- Names that the policy does not have, and values of another type, are errors
-- when the configuration is loaded: what is misspelled must not be lost.

local function read(name)
	local there, given = pcall(require, name)

	if there then
		return given
	end
	-- only the file itself may be missing, not what it requires
	if string.find(tostring(given), "'" .. name .. "' not found", 1,
	    true) then
		return {}
	end
	error(given, 0)
end

-- The defaults with what was changed.
return function(policy, defaults)
	local name = policy .. "_settings"
	local given = read(name)

	if type(given) ~= "table" then
		error(name .. ".lua must return a table", 0)
	end
	for key, value in pairs(given) do
		local usual = defaults[key]

		if usual == nil then
			error(string.format("%s.lua: %s has no setting '%s'",
			    name, policy, tostring(key)), 0)
		end
		if type(usual) ~= type(value) then
			error(string.format("%s.lua: '%s' must be a %s", name,
			    key, type(usual)), 0)
		end
		defaults[key] = value
	end
	return defaults
end
