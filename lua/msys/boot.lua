-- msys.boot: configurations name this script first, as Momentum wants it:
--
--	script "boot" { source = "msys.boot" }
--
-- There it makes the interpreter ready for the others.  Here interpreters are
-- made ready before any script, so nothing is left to do.
return true
