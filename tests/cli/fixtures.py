"""Keys and messages of the command line's tests.  All keys are test keys."""

# RSA with 768 bits, which no tool should make any more: a private key and its
# SubjectPublicKeyInfo.
WEAK_PEM = """\
-----BEGIN PRIVATE KEY-----
MIIB5gIBADANBgkqhkiG9w0BAQEFAASCAdAwggHMAgEAAmEA0bc4kbtUKFGG7+wf
gHW2gcp6xqpJmNHYLd+0vKnvBF4vzPSTkjHELdlPCKXBvX1q8q5o0jYcRt441S4h
+CNS+dVDr+pDSfo1ayNHj+P5PV0KRe9On81Hx0H1H6Ak2pADAgMBAAECYQDP8JIg
vdQGXkAjqMbbgtxB+Vifn711z6xAYC4/W2fpttJCsMeaD8prg6s/8csWbkFPeWn1
hTzo0573f5IS4lFHfivpcNvQ3nFKdAHtFCm4bhaC9oqPYpohqLuIke4Q5SECMQDp
tp00nG7uHeCj4ZfXlgPpY+cgLq65RtswgtI9Grq0qSf424RsbbdmGtXnNWyD9RsC
MQDltsd7uSsQv/+mkchm3ROFx9ZLj0dwEHeTPOuJhZtc/379G62/4HXNYHYdKEPj
xzkCMQDBwijw3iRFezWrCDN3gyJ5Et8h2jH23tyHil28VPWnI3pFIdDWh9t9ZhAi
YDM37zMCMEQ2e5Qkz0IBEaRf4/ePrI1sYxk66cbATRG+5F6I+zKpeAcnIfg5aiHb
hBdybn6EGQIxAIh2WPXHBQcCWarqBvctNiWy5TERaRE2h11A6+VjPuOaMFjkRPrf
2xqPi0hPtJvy2A==
-----END PRIVATE KEY-----
"""
WEAK_P = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhANG3OJG7VChRhu/sH4B1toHKesaqSZjR"
    "2C3ftLyp7wReL8z0k5IxxC3ZTwilwb19avKuaNI2HEbeONUuIfgjUvnVQ6/qQ0n6"
    "NWsjR4/j+T1dCkXvTp/NR8dB9R+gJNqQAwIDAQAB"
)

# RSA with 2048 bits, public: as a SubjectPublicKeyInfo and as a bare
# RSAPublicKey.
RSA_P = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2DvZ9HEEcKX3rzic4o7O"
    "765ZixW3UinZXznjaYwnTLi1tPSo3c/t9XaBN8xnpNRBxrtIhlOI/rMgW+fToBRI"
    "ncPHbs0IUxsDBRUtIUNw5G4Ws05qG/o5Pfgnr6p0ux2U6sIAXe/mYWwssEFU8gU4"
    "12KEoG5rfRuWN1pIhrCziglC5QfQkeeRinnhPRWLN/2sxnxvwEF4u/P1WiXApumt"
    "PGyn90XSKXuFF/Rkuty5Y+cj8jtvt0Xt/V/FWs4N3kPV0yOx5bLIfWvfbdkcO2W9"
    "0him3mDVgjvf73UT+eqpJKSu0AMUJJvnR/BlMoFAzK/D2NamSRz/XtjK6vCNE0rn"
    "owIDAQAB"
)
BARE_RSA_P = (
    "MIIBCgKCAQEA2DvZ9HEEcKX3rzic4o7O765ZixW3UinZXznjaYwnTLi1tPSo3c/t"
    "9XaBN8xnpNRBxrtIhlOI/rMgW+fToBRIncPHbs0IUxsDBRUtIUNw5G4Ws05qG/o5"
    "Pfgnr6p0ux2U6sIAXe/mYWwssEFU8gU412KEoG5rfRuWN1pIhrCziglC5QfQkeeR"
    "innhPRWLN/2sxnxvwEF4u/P1WiXApumtPGyn90XSKXuFF/Rkuty5Y+cj8jtvt0Xt"
    "/V/FWs4N3kPV0yOx5bLIfWvfbdkcO2W90him3mDVgjvf73UT+eqpJKSu0AMUJJvn"
    "R/BlMoFAzK/D2NamSRz/XtjK6vCNE0rnowIDAQAB"
)

# RSA with 1024 bits, public.
RSA1024_P = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCwDolbtgIjKVvHvUQyL7N56udU"
    "4VzdQcY7owqeeracAYDS/9rV8VGWAD5rKUDf1jkOYm78xAxEanFydUqW/YEeEaiZ"
    "hs/t05tuVgmQPBlR2fnu5DWSRwmGBxT5vBf4WgQY+vQkbuUH+uCwTJpcJmObvzK+"
    "/8b1To25k/Vst9oEFwIDAQAB"
)

# Ed25519, public: bare, and in the SubjectPublicKeyInfo that RFC 8463 does
# not want.
ED25519_P = "qAE6GYX0r36/ZQeh4SREVhypfpcmDlaywca7MsnP3PA="
SPKI_ED25519_P = "MCowBQYDK2VwAyEAqAE6GYX0r36/ZQeh4SREVhypfpcmDlaywca7MsnP3PA="

MESSAGE = (b"From: Ada <ada@example.com>\r\n"
           b"To: bob@example.net\r\n"
           b"Subject: seals\r\n"
           b"\tand their keepers\r\n"
           b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
           b"Message-ID: <1@example.com>\r\n"
           b"\r\n"
           b"One line.  \r\n"
           b"\r\n"
           b"Another line.\r\n")

# Some day in January 2026, when all of these are signed.
NOW = 1767268800
