"""Which passages stand in which order: left out and moved within their part, never across headings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from memokit.document import Block, Bullets, Paragraph, Section, Text


def texts_of(block: Block) -> Iterable[tuple[str, Text]]:
    """Return the passages of a block: their ids and texts."""
    if isinstance(block, Paragraph):
        return ((block.id, block.text),)
    return zip(block.ids, block.items, strict=True) if isinstance(block, Bullets) and block.ids else ()


def arranged(blocks: Sequence[Block], gone: Collection[str], places: Mapping[str, int]) -> Iterator[Block]:
    """Leave out and move within each part; headings, tables and what is fixed keep their places."""
    part = 0
    parts = [(part := part + isinstance(block, Section), block) for block in blocks]
    for _, group in groupby(parts, key=lambda pair: pair[0]):
        yield from _in_lists(list(_in_part([block for _, block in group], gone, places)), gone, places)


def _ordered(ids: Iterable[str], places: Mapping[str, int]) -> list[str]:
    """Return ids by the place that the council gave them; without one, by where they stand."""
    natural = {id_: n for n, id_ in enumerate(ids, start=1)}
    return sorted(natural, key=lambda id_: (places.get(id_, natural[id_]), id_ not in places, natural[id_]))


def _in_part(blocks: list[Block], gone: Collection[str], places: Mapping[str, int]) -> Iterator[Block]:
    """Move paragraphs among each other; what belongs to one finding moves and goes together."""
    units, slots = dict[str, list[Block]](), list[str | Block]()
    for block in blocks:
        if not isinstance(block, Paragraph) or block.hold == "fixed":
            slots.append(block)
        elif block.finding and slots and isinstance(slots[-1], str) and _leads(units[slots[-1]], block):
            units[slots[-1]].append(block)
        else:
            units[block.id] = [block]
            slots.append(block.id)
    order = iter(_ordered((id_ for id_ in units if id_ not in gone), places))
    for slot in slots:
        if not isinstance(slot, str):
            yield slot
        elif slot not in gone:
            yield from (block for block in units[next(order)] if block.id not in gone)


def _leads(unit: list[Block], block: Paragraph) -> bool:
    return isinstance(unit[0], Paragraph) and unit[0].finding == block.finding


def _in_lists(blocks: list[Block], gone: Collection[str], places: Mapping[str, int]) -> Iterator[Block]:
    """Move items through the lists of a part; the next one takes the place of what is left out."""
    lists = [block for block in blocks if isinstance(block, Bullets) and block.ids and block.hold != "fixed"]
    items = {id_: text for block in lists for id_, text in texts_of(block)}
    left = _ordered((id_ for id_ in items if id_ not in gone), places)
    for block in blocks:
        if block not in lists or not isinstance(block, Bullets):
            yield block
        elif mine := left[: len(block.ids)]:
            left = left[len(block.ids) :]
            yield replace(block, ids=tuple(mine), items=tuple(items[id_] for id_ in mine))
