"""The register of forms: each is its module's, reads its kinds only, and two that both fit are named."""

from __future__ import annotations

import io
from importlib import import_module

import pytest

from ipattr.errors import InputError, UsageError
from ipattr.model import Text
from ipattr.readers import Form, FormReading, Options, read_files
from ipattr.readers.document import decode_document
from ipattr.readers.forms import FORMS, LateForm, choose
from ipattr.registry import Registry  # noqa: TC001 - a fixture

LATE = {
    "sheet": "sheet",
    "word-table": "word_table",
    "pdf": "pdf",
    "2ch": "ch2",
    "meta-html": "meta_html",
    "google-html": "google_html",
    "takeout": "takeout",
    "linkedin": "linkedin",
    "pasted": "pasted",
}
LOG = b"time,ip\n2026-08-01T00:00:00Z,1.66.100.45\n"


def test_every_late_form_is_what_its_module_says() -> None:
    late = [form for form in FORMS if isinstance(form, LateForm)]
    assert [form.name for form in late] == list(LATE)
    for form in late:
        module = import_module(f"ipattr.readers.{LATE[form.name]}")
        assert form.name == module.FORM
        assert form.expects == module.EXPECTS
        assert form.decisive == getattr(module, "DECISIVE", False), form.name
        assert form.last_resort == getattr(module, "LAST_RESORT", False), form.name
    assert FORMS[-1].last_resort


def test_a_declared_form_that_reads_another_kind_says_so() -> None:
    document = decode_document("log.csv", LOG)
    form, reason = choose(document, Options(form="sheet"), FORMS)
    assert reason.en == "The form sheet was declared."
    with pytest.raises(InputError, match="reads sheet; this file is text"):
        form.read(document, Options(), None)  # type: ignore[arg-type]  # it is refused before it is read


def test_two_forms_that_both_fit_are_named_and_the_last_resort_is_asked_last(registry: Registry) -> None:
    why = Text(ja="試験", en="a test")
    made = [
        Form(name, why, lambda _document, _options: why, lambda *_: FormReading(rows=0), last_resort=last)
        for name, last in (("one", False), ("two", False), ("last", True))
    ]
    document = decode_document("log.csv", LOG)
    with pytest.raises(InputError) as caught:
        choose(document, Options(), made)
    assert "one (a test) two (a test)" in caught.value.en
    assert "last" not in caught.value.en
    assert choose(document, Options(), made[1:])[0].name == "two"
    assert choose(document, Options(), made[2:])[0].name == "last"
    with pytest.raises(UsageError, match="There is no form 'three'"):
        read_files(["-"], specials=registry.specials, options=Options(form="three"), stdin=io.BytesIO(LOG), forms=made)
