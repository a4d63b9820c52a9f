"""The five documents, one file each, and the catalogue of all their entries."""

from __future__ import annotations

from nn.byhand.documents import doc000, doc001, doc002, doc003, doc004
from nn.byhand.entries import Entry

catalogue: dict[str, Entry] = {
    entry.id: entry for document in (doc000, doc001, doc002, doc003, doc004) for entry in document.ENTRIES
}
