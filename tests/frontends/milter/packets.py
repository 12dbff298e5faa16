"""Packets of the milter protocol, by hand."""
import struct


def packet(command, data=b""):
    return struct.pack(">I", len(data) + 1) + command + data


def negotiation(version=6, actions=0x1ff, steps=0x1fffff):
    return packet(b"O", struct.pack(">III", version, actions, steps))


CONNECT = packet(b"C", b"h.example\0" + b"4\0\x19" + b"127.0.0.1\0")
HELLO = negotiation() + CONNECT + packet(b"H", b"c.example\0")
