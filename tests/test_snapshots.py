"""The words as they come out: a change of one sentence shows here, to be read before it is accepted.

`make test-update` writes the files again; then read the difference with git.
"""

from __future__ import annotations

import pytest

from memokit.evaluation import evaluate, render
from memokit.narrative.letter import letter

pytestmark = pytest.mark.snapshot


def test_the_section_of_a_dossier(root, expected):
    ev = evaluate(root / "data" / "examples" / "voorbeeldstad")
    expected("voorbeeldstad.md", render(ev, ".md", "normal").decode())
    expected("voorbeeldstad-handblad.md", render(ev, ".md", "page").decode())
    expected("voorbeeldstad-vraagbrief.txt", letter(ev.measures, ev.findings))


def test_the_section_of_a_municipality(expected):
    ev = evaluate("Mechelen")
    expected("mechelen.md", render(ev, ".md", "normal").decode())
    expected("mechelen-vraagbrief.txt", letter(ev.measures, ev.findings))
