"""Rows of TAP, from tests that find out while they run how many there are."""


class Rows:
    """TAP, with the plan at the end."""

    def __init__(self):
        self.count = self.failed = 0

    def row(self, name, problems):
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            print(f"# {problem}")

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0
