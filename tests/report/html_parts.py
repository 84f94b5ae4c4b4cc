"""What a page holds, as a browser's parser would see it."""

from __future__ import annotations

from html.parser import HTMLParser


class Parts(HTMLParser):
    """Collects tags with attributes, scripts and the visible text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag in ("script", "style"):
            self._open.append(tag)
            if tag == "script":
                self.scripts.append((found, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            attrs, source = self.scripts[-1]
            self.scripts[-1] = (attrs, source + data)
        elif not self._open:
            self.text += data

    def attributes(self, name: str) -> list[str]:
        """Every value of one attribute."""
        return [attrs[name] for _, attrs in self.tags if name in attrs]

    def policy(self) -> str:
        """The Content-Security-Policy of the page."""
        return next(a["content"] for t, a in self.tags if t == "meta" and "http-equiv" in a)
