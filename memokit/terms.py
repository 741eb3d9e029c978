"""The years of an evaluation: election, baseline, plan, accounts. Years are settings, never the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


def election_day(year: int) -> date:
    """Return the day of the local elections: the second Sunday of October.

    Examples
    --------
    >>> [election_day(y).isoformat() for y in (2018, 2024, 2030)]
    ['2018-10-14', '2024-10-13', '2030-10-13']
    """
    first = date(year, 10, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7)


def borders_of(year: int) -> int:
    """Return which municipal borders hold in a year: those of 2018, 2019 or 2025.

    Examples
    --------
    >>> borders_of(2018), borders_of(2024), borders_of(2026)
    (2018, 2019, 2025)
    """
    return 2018 if year < 2019 else 2019 if year < 2025 else 2025


@dataclass(frozen=True)
class Term:
    """The term that is evaluated.

    Parameters
    ----------
    election
        The year of the elections at the end of the term.
    baseline
        The year that "then" refers to; the year of the elections before, if not given.
    until
        The last year that is judged; the election year if not given. One more for a final balance with the
        last accounts of the plan, fewer for a mid-term evaluation.

    Raises
    ------
    ValueError
        The election year is none (2018, 2024, 2030, …), or the years are not in order.

    Examples
    --------
    >>> term = Term(2024)
    >>> term.baseline, term.years, term.plan
    (2018, (2019, 2024), (2020, 2025))
    >>> Term(2024, until=2025).kind, Term(2030, until=2028).kind
    ('final', 'midterm')
    """

    election: int
    baseline: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if self.election % 6 != 2 or not 2012 <= self.election <= 2060:
            raise ValueError(self.election)
        object.__setattr__(self, "baseline", self.baseline or self.election - 6)
        object.__setattr__(self, "until", self.until or self.election)
        if not self.baseline < self.until <= self.election + 1:  # type: ignore[operator]
            raise ValueError((self.baseline, self.until))

    @property
    def start(self) -> int:
        """The baseline year as a number."""
        return int(self.baseline or 0)

    @property
    def end(self) -> int:
        """The last year judged as a number."""
        return int(self.until or 0)

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of the term of office: 2019-2024."""
        return self.election - 5, self.election

    @property
    def plan(self) -> tuple[int, int]:
        """First and last year of its plan: 2020-2025."""
        return self.election - 4, self.election + 1

    @property
    def borders(self) -> int:
        """The borders on which the municipality of this term stands."""
        return borders_of(self.election)

    @property
    def kind(self) -> str:
        """`election`, `final` (with the last accounts of the plan) or `midterm`."""
        return "final" if self.end > self.election else "midterm" if self.end < self.election else "election"

    def last_account(self, on: date) -> int:
        """Return the last year whose accounts the council had to approve by a date.

        Accounts must be adopted before 30 June of the next year, so in the spring of an election year the
        last approved account is that of two years before.

        Examples
        --------
        >>> Term(2024).last_account(date(2024, 4, 15)), Term(2024).last_account(date(2024, 9, 1))
        (2022, 2023)
        """
        latest = on.year - 1 if (on.month, on.day) > (6, 30) else on.year - 2
        return min(latest, self.end)

    def phases(self) -> tuple[tuple[str, date, date], ...]:
        """Return the blocks of the guide: spring and autumn of the election year, the year after, follow-up.

        Examples
        --------
        >>> [name for name, _, _ in Term(2024).phases()]
        ['spring', 'autumn', 'year_after', 'follow_up']
        """
        year = self.election
        return (
            ("spring", date(year, 1, 1), date(year, 6, 30)),
            ("autumn", date(year, 7, 1), date(year, 12, 31)),
            ("year_after", date(year + 1, 1, 1), date(year + 1, 12, 31)),
            ("follow_up", date(year + 2, 1, 1), date(year + 5, 12, 31)),
        )
