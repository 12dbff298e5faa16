"""A real name server (NSD) for the keys of the tests, and a silent one."""
import socket

from place import PROGRAMS, Process, wait, write

_QUERY = b"\x12\x34\0\0\0\1\0\0\0\0\0\0\0\0\6\0\1"  # the root's SOA

_CONFIGURATION = """\
server:
 ip-address: {address}@{port}
 username: ""
 chroot: ""
 server-count: 1
 database: ""
 zonesdir: "{folder}"
 pidfile: "{folder}/nsd.pid"
 xfrdfile: "{folder}/xfrd.state"
 xfrdir: "{folder}"
 zonelistfile: "{folder}/zone.list"
remote-control:
 control-enable: no
zone:
 name: "test"
 zonefile: "test.zone"
"""

_ZONE = """\
$ORIGIN test.
$TTL 300
@ SOA ns host 1 7200 3600 1209600 20
@ NS ns
ns A 127.0.0.1
"""


class Nameserver:
    """Answers for the zone "test" with the given records."""

    def __init__(self, place):
        self.address, self.port = place.address, place.port()
        self.forwarder = f"{self.address}@{self.port}"
        self.folder, self.process = place.folder, None
        write(place.path("nsd.conf"), _CONFIGURATION.format(
            address=self.address, port=self.port, folder=self.folder))
        place.at_end(self.stop)

    def _answers(self):
        self.process.alive()
        with socket.socket(type=socket.SOCK_DGRAM) as asker:
            asker.settimeout(0.2)
            asker.connect((self.address, self.port))
            try:
                asker.send(_QUERY)
                return len(asker.recv(512)) >= 12
            except OSError:
                return False

    def start(self, records):
        write(f"{self.folder}/test.zone", _ZONE + records)
        self.process = Process(PROGRAMS["nsd"], "-d", "-c",
                               f"{self.folder}/nsd.conf",
                               output=f"{self.folder}/nsd.log")
        wait("nsd to answer", self._answers)

    def stop(self):
        if self.process is not None:
            self.process.end()


class SilentNameserver:
    """Takes queries and never answers."""

    def __init__(self, place):
        port = place.port()
        self.forwarder = f"{place.address}@{port}"
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind((place.address, port))
        place.at_end(self.socket.close)
