"""Places and the nearest offices."""

from __future__ import annotations

from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.check import stray_characters
from bot.answers.offices import office_answer
from bot.directory.areas import area, districts
from bot.directory.gazetteer import gazetteer
from bot.directory.nearest import AT_MOST, distance, district_at, nearest
from bot.directory.tables import Service, tables
from bot.text.languages import LANGUAGES

PLACES = st.sampled_from([place.ubigeo for place in tables().places])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("estoy en puerto maldonado", "170101"),
        ("I live in San Juan de Lurigancho", "150132"),
        ("Qosqopi kachkani", "080101"),
        ("soy de cusco pero ahora estoy en lima", "150101"),
        ("miraflores, arequipa", "040110"),
        ("región Loreto", "16"),
        ("puno", "210101"),
    ],
)
def test_a_place_is_read_in_a_sentence(text: str, code: str) -> None:
    assert gazetteer().read(text).code == code


@pytest.mark.parametrize("text", ["chao gracias", "la atencion fue mala", "mi hermana rosa"])
def test_a_common_word_is_no_place(text: str) -> None:
    read = gazetteer().read(text)
    assert not read.code
    assert not read.candidates


def test_an_ambiguous_name_gives_candidates_most_likely_first() -> None:
    candidates = gazetteer().read("san juan").candidates
    assert candidates[0] == "150132"  # San Juan de Lurigancho, the largest
    assert len(set(candidates)) == len(candidates) > 1


def test_a_place_abroad_is_named_and_a_peruvian_one_beside_it_wins() -> None:
    assert gazetteer().read("vengo de maracaibo").foreign == "Maracaibo"
    assert gazetteer().read("vengo de maracaibo y estoy en tacna").code == "230101"


def test_a_misspelt_name_is_a_guess_and_an_ordinary_word_is_none() -> None:
    read = gazetteer().read("huancaio")
    assert read.code.startswith("1201")
    assert not gazetteer().read("mas cercano", frozenset({"mas", "cercano"})).code


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_the_gazetteer_and_every_code_exists(text: str) -> None:
    read = gazetteer().read(text)
    for code in (read.code, *read.candidates):
        assert not code or area(code)


@pytest.mark.parametrize("place", tables().places[::97], ids=lambda place: place.ubigeo)
def test_official_names_with_their_province_and_department_are_found(place: object) -> None:
    from bot.directory.tables import Place

    assert isinstance(place, Place)
    read = gazetteer().read(f"{place.district}, {place.province}, {place.department}")
    assert read.code == place.ubigeo or place.ubigeo in read.candidates


def test_the_distance_is_the_great_circles() -> None:
    lima, cusco = (-12.0464, -77.0428), (-13.5320, -71.9675)
    assert distance(*lima, *cusco) == pytest.approx(573, abs=5)
    assert distance(*lima, *lima) == 0


@pytest.mark.parametrize("service", ["fistrap", "cem", "upe", "police"])
def test_every_district_gets_an_answer_for_every_service(service: Service) -> None:
    # All of them, not a sample: a fault in one row shows in the few districts near it.
    for place, language in zip(tables().places, cycle(LANGUAGES), strict=False):
        found = nearest(service, place.ubigeo)
        assert len(found.offices) <= AT_MOST
        assert found.offices or found.fallback
        text = office_answer(service, place.ubigeo, language).text
        assert text
        assert not any(map(stray_characters, text.splitlines())), (place, text)
        assert "None" not in text
        assert len(text) <= 1600


@given(PLACES)
@settings(max_examples=60, deadline=None)
def test_offices_come_in_the_order_of_their_distance(ubigeo: str) -> None:
    shown = [one.kilometres for one in nearest("cem", ubigeo).offices]
    known = [kilometres for kilometres in shown if kilometres is not None]
    inside = [one for one in nearest("cem", ubigeo).offices if one.office.ubigeo == ubigeo]
    assert known[len(inside) :] == sorted(known[len(inside) :])


def test_where_there_is_no_fistrap_the_feccor_is_next_and_then_the_prosecutor_on_duty() -> None:
    assert nearest("fistrap", "170101").offices[0].office.name == "FISTRAP Madre de Dios"
    assert nearest("fistrap", "110101").fallback == "feccor"  # Ica
    assert nearest("fistrap", "190101").fallback == "duty"  # Pasco


def test_where_there_is_no_upe_the_family_court_is_named() -> None:
    assert nearest("upe", "190101").fallback == "family_court"  # Pasco
    assert "1810" in office_answer("upe", "190101", "en").text


def test_lima_and_callao_are_one_city_for_prosecutors_and_upe() -> None:
    names = {one.office.name for one in nearest("fistrap", "070101").offices}
    assert "FISTRAP Callao" in names
    assert nearest("upe", "150142").offices[0].office.name == "UPE Lima Sur"  # Villa El Salvador


def test_an_itinerant_service_is_never_offered_as_a_cem() -> None:
    for place in tables().places[::40]:
        assert all(one.office.service == "cem" for one in nearest("cem", place.ubigeo).offices)


def test_a_contradicting_row_says_call_first() -> None:
    conflict = next(o for o in tables().offices if o.service == "upe" and o.warning == "conflict")
    assert "llama antes" in office_answer("upe", conflict.ubigeo, "es").text.lower()


def test_a_position_becomes_a_district_and_abroad_becomes_none() -> None:
    assert district_at(-3.5669, -80.4515) == "240101"
    assert district_at(10.65, -71.64) == ""
    assert district_at(0, 0) == ""


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=100, deadline=None)
def test_every_position_is_a_district_of_peru_or_nothing(latitude: float, longitude: float) -> None:
    found = district_at(latitude, longitude)
    assert not found or districts(found)
